import type { Passage } from './call-view.ts'
import type { Entry } from './entry.ts'
import { ContractError, EndedError } from './errors.ts'
import type { Flow } from './flow.ts'
import { kindOf } from './kind-of.ts'
import { LiveReply } from './live-reply.ts'

/** Why calling `next` for the `nth` time breaks rule R8; `undefined` where it keeps it. */
export function nextProblem(entry: Entry, nth: number): ContractError | undefined {
  const broken = (what: string) => new ContractError(entry.passes.controller, 'R8', what)
  if (entry.place.origin) return nth > 1 ? broken('gave one detached call to next() more than once') : undefined
  if (entry.handled) return broken('called next() after its handle had returned')
  if (nth === 1 || entry.stretch.handler?.traits?.repeats) return undefined
  return broken('called next() more than once without the trait `repeats`')
}

/** Whether a flow is another, or reads it. */
function carries(outer: Flow, inner: Flow): boolean {
  for (let flow: Flow | undefined = outer; flow; flow = flow.of) if (flow === inner) return true
  return false
}

/**
 * Why the answer of what an entry runs (its controlling layer, or the adapter) breaks rule R8: it must be exactly one reply, not used
 * before, and leave no reply behind. `undefined` where it keeps the rule.
 */
export function answerProblem(entry: Entry, answer: unknown): ContractError | undefined {
  const broken = (what: string) => new ContractError(entry.passes.controller, 'R8', what)
  if (!(answer instanceof LiveReply)) return broken(`returned no reply but ${kindOf(answer)}`)
  const problem = answer.problemFor(entry)
  if (problem) return broken(problem)
  for (const child of entry.children) {
    if (child.ended) continue
    if (child.flow === undefined) return broken('returned while a next() was not awaited')
    if (!carries(answer.flow, child.flow)) {
      return broken('dropped a reply: return it, cancel it, or name it in Reply.from(…, { of: reply })')
    }
  }
  return undefined
}

/** Why nothing may be sent inward from an entry any more: its call was aborted, or it has ended. `undefined` if it may. */
export function refusalOf(entry: Entry, passage: Passage): Error | undefined {
  if (passage.scope.fired) return passage.scope.error
  if (!entry.ended) return undefined
  return new EndedError(`the pass of ${entry.passes.controller} has ended; nothing more is sent for it`)
}

const drop = () => undefined

/** A rejection for a layer, which may drop it: that is told as rule R8, not as an unhandled rejection. */
export function refused(error: Error): Promise<never> {
  const promise = Promise.reject(error)
  promise.catch(drop)
  return promise
}
