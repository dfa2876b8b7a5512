import type { Plan } from './plan.ts'
import type { Step } from './script.ts'

/** The steps before the headers, and those that the body consists of. */
export interface SplitPlan {
  readonly before: readonly Step[]
  readonly after: readonly Step[]
}

const isWait = (step: Step): boolean => 'waitMs' in step || 'until' in step || 'stall' in step
const isBroken = (step: Step): boolean => 'error' in step || 'truncate' in step || 'reset' in step || 'drop' in step

/** The steps that an answer's own fields stand for: what happens before its headers. */
export function headerSteps(plan: Plan): readonly Step[] {
  const steps: Step[] = []
  if (plan.headersMs !== undefined) steps.push({ waitMs: plan.headersMs })
  if (plan.headersUntil !== undefined) steps.push({ until: plan.headersUntil })
  if (plan.noHeaders) steps.push({ stall: true })
  if (plan.failure !== undefined) steps.push({ error: plan.failure })
  return steps
}

/**
 * Divides an answer at its headers. A stream's headers come first. A whole answer is made before it is sent: its waits, and a
 * failure on the way, come before the headers, unless `headersFirst`; a body that breaks off has no content at all.
 */
export function splitPlan(plan: Plan, mode: 'stream' | 'complete'): SplitPlan {
  const start: readonly Step[] =
    plan.start === false ? [] : [{ event: { type: 'start', id: plan.id, model: plan.model } }]
  if (mode === 'stream') return { before: [], after: [...start, ...plan.steps] }
  const stop = plan.steps.findIndex((step) => isBroken(step) || 'stall' in step)
  const reached = stop === -1 ? plan.steps : plan.steps.slice(0, stop + 1)
  const waits = reached.filter(isWait)
  const broken = reached.filter(isBroken)
  const body = stop === -1 ? [...start, ...reached.filter((step) => !isWait(step))] : broken
  if (plan.headersFirst) return { before: [], after: [...waits, ...body] }
  const early = broken.filter((step) => 'error' in step)
  return { before: [...waits, ...early], after: early.length > 0 ? [] : body }
}
