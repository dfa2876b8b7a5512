import type { AnyMiddleware, ChatRequest } from '@cepa/core'
import { timeless } from '../collect.ts'
import { fakeProvider } from '../fake-provider.ts'
import { recorder } from '../recorder.ts'
import type { Answer, SeenRequest } from '../script.ts'
import { virtualClock } from '../virtual-clock.ts'
import { assembled } from './bench.ts'
import { instrument } from './instrument.ts'
import type { MiddlewareKitOptions, Permission } from './middleware-options.ts'
import { type Checklist, difference, shown } from './report.ts'

/** The calls that are run beside each other: their prompts and when they begin, in milliseconds. */
const FIRST = { prompt: 'kit: the first of two', atMs: 0 }
const SECOND = { prompt: 'kit: the second, which overlaps', atMs: 15 }
const LATER = { prompt: 'kit: one that comes later', atMs: 500 }

type Plan = typeof FIRST

/** What one call left behind that a caller, or the layers around, can see. */
interface Trace {
  readonly facts: Readonly<Record<string, unknown>>
  readonly inFacts: Readonly<Record<string, unknown>>
  readonly notes: readonly unknown[]
  readonly ending: string
  readonly events: unknown
  readonly asked: unknown
}

interface Run {
  /** One trace for each plan. */
  readonly traces: readonly Trace[]
  readonly told: readonly string[]
  readonly states: readonly unknown[]
}

const script = ({ request }: SeenRequest): Answer => {
  const said = JSON.stringify(request)
  const word = said.includes('first') ? 'one' : said.includes('second') ? 'two' : 'three'
  // the last wait lets a call end while another one is in the middle
  const steps = [{ text: word }, { text: ` ${word}` }, { text: ` ${word}` }]
  return { id: 'kit-answer', providerRequestId: 'kit-request', everyMs: 10, steps: [...steps, { waitMs: 10 }] }
}

const requestFor = (base: ChatRequest, plan: Plan): ChatRequest => ({
  ...base,
  messages: [...base.messages, { role: 'user', content: plan.prompt }],
})

/** Runs calls at their times: through one pipeline each where several subjects are given, else all through one. */
async function runTogether(
  options: MiddlewareKitOptions,
  base: ChatRequest,
  setting: { plans: readonly Plan[]; apart?: boolean },
): Promise<Run> {
  const { plans, apart } = setting
  const clock = virtualClock()
  const seen = recorder()
  const told: string[] = []
  const make = () => instrument(options.make((value) => void told.push(shown(value))))
  const subjects = apart ? plans.map(make) : [make()]
  const report = () => undefined
  const pipelines = subjects.map(({ layer }) => {
    const keys = layer.gives.map((key) => key.optional)
    const outs = keys.filter(({ direction }) => direction === 'out')
    const ins = keys.filter(({ direction }) => direction === 'in')
    const layers: AnyMiddleware[] = [
      seen.layer('kitOuter', { reads: outs }),
      ...(options.outside?.() ?? []),
      layer,
      seen.layer('kitInner', { reads: ins }),
      ...(options.inside?.() ?? []),
    ]
    return assembled(fakeProvider(script), layers, { clock, report })
  })
  const calls = plans.map(async ({ atMs }, index) => {
    if (atMs > 0) await new Promise<void>((resolve) => void clock.setTimer(atMs, resolve))
    const chat = pipelines[index % pipelines.length] as (typeof pipelines)[number]
    await (await chat(requestFor(base, plans[index] as Plan))).result().catch(() => undefined)
  })
  await clock.runUntil(Promise.allSettled(calls))
  await clock.settle()
  const traces = plans.map((plan) => traceOf(seen, requestFor(base, plan), subjects[0]?.layer.name ?? ''))
  return { traces, told, states: subjects.flatMap(({ states }) => states) }
}

function traceOf(seen: ReturnType<typeof recorder>, request: ChatRequest, name: string): Trace {
  const outer = seen.passesOf('kitOuter').find((pass) => !difference(request, pass.request))
  const inner = seen.passesOf('kitInner').find((pass) => pass.callId === outer?.callId)
  return {
    facts: outer?.facts ?? {},
    inFacts: inner?.facts ?? {},
    notes: outer?.notes.filter(({ from }) => from === name).map(({ key, value }) => ({ note: key.name, value })) ?? [],
    ending: outer?.endings[0]?.kind ?? 'none',
    events: timeless(outer?.events ?? []),
    asked: inner?.request,
  }
}

/** Fields of two traces of the same call that are not alike are random by nature, and not compared. */
function alike(one: unknown, other: unknown, seen: unknown): unknown {
  if (typeof one !== 'object' || one === null || typeof other !== 'object' || other === null) {
    return difference(one, other) ? '(differs each time)' : seen
  }
  if (typeof seen !== 'object' || seen === null) return seen
  const [a, b, c] = [one, other, seen] as Record<string, unknown>[]
  return Object.fromEntries(Object.keys(c as object).map((key) => [key, alike(a?.[key], b?.[key], c?.[key])]))
}

const comparison = (alone: readonly [Trace, Trace], seen: Trace | undefined): string | undefined =>
  difference(alike(alone[0], alone[1], alone[0]), alike(alone[0], alone[1], seen))

/** Rules P2 and C8: what a middleware keeps of one call does not show in another, nor in another stack. */
export async function checkConcurrency(
  options: MiddlewareKitOptions,
  may: ReadonlySet<Permission>,
  checks: Checklist,
): Promise<void> {
  const base: ChatRequest = { model: 'kit-model', messages: [], ...options.request }
  const alone = async (plan: Plan): Promise<readonly [Run, Run]> => [
    await runTogether(options, base, { plans: [plan] }),
    await runTogether(options, base, { plans: [plan] }),
  ]
  const singles = [await alone(FIRST), await alone(SECOND), await alone(LATER)]
  const traces = singles.map(([one, two]) => [one.traces[0], two.traces[0]] as [Trace, Trace])
  const told = singles.flatMap(([one]) => one.told)
  const plans = [FIRST, SECOND, LATER]
  const check = (rule: string, what: string, run: Run): void => {
    for (const [index, pair] of traces.entries())
      checks.add(rule, `${what}: call ${index + 1}`, comparison(pair, run.traces[index]))
    const random = singles.some(([one, two]) => difference(one.told, two.told))
    if (!random) checks.add(rule, `${what}: what is told`, difference([...told].sort(), [...run.told].sort()))
  }
  const apart = await runTogether(options, base, { plans, apart: true })
  check('C8', 'calls through two stacks do not touch', apart)
  const together = await runTogether(options, base, { plans })
  const objects = together.states.filter((state) => typeof state === 'object' && state !== null)
  checks.add(
    'P2',
    'each pass has a state of its own',
    new Set(objects).size < objects.length && 'start returned one object for two passes',
  )
  if (!may.has('share')) check('P2', 'calls through one stack do not touch', together)
}
