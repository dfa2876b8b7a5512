import type { Call } from './call.ts'
import type { Entry } from './entry.ts'
import type { StreamEvent } from './event.ts'
import type { MiddlewareSpec } from './middleware.ts'
import { type Account, HOOK } from './times/account.ts'
import type { Times } from './times/times.ts'

/** A layer that has the hook `event`, with all that the hook is called with. */
export interface Observer {
  readonly layer: Pick<MiddlewareSpec, 'firstToken'> & Required<Pick<MiddlewareSpec, 'event'>>
  readonly view: Call<never>
  readonly state: unknown
  readonly entry: Entry
  readonly index: number
  /** Where the time of its hook `event` counts, if times are taken. */
  readonly account: Account | undefined
}

/** The observer of one layer of an entry. */
export function observerOf(entry: Entry, index: number): Observer {
  const { stretch, passes } = entry
  const layer = stretch.layers[index] as Observer['layer']
  const view = passes.views[index] as object as Call<never>
  return { layer, view, state: passes.states[index], entry, index, account: passes.account(index, HOOK.event) }
}

/** Runs the hook `firstToken` of each layer, innermost first. */
export function passFirstToken(observers: readonly Observer[], event: StreamEvent, times?: Times): void {
  const before = times?.begin()
  for (const { layer, view, state, entry, index } of observers) {
    entry.passes.time(index, HOOK.firstToken)
    try {
      const result: unknown = layer.firstToken?.(view, event, state)
      if (result !== undefined) entry.passes.checkSync(index, 'firstToken', result)
    } catch (thrown) {
      entry.passes.fault(index, 'firstToken', thrown)
    }
  }
  if (before) times?.end(before)
}

/** Runs the hook `event` of each layer as {@link fuse} does, each on its own account: a read of the clock for each. */
export function passTimed(observers: readonly Observer[], event: StreamEvent, times: Times): void {
  const before = times.begin()
  for (const { layer, view, state, entry, index, account } of observers) {
    times.run(account ?? times.consumer)
    try {
      const result: unknown = layer.event(view, event, state)
      if (result !== undefined) entry.passes.checkSync(index, 'event', result)
    } catch (thrown) {
      entry.passes.fault(index, 'event', thrown)
    }
  }
  times.end(before)
}

const SITES = 4

const nothing = () => undefined

/** Fills the call sites that there is no layer for. */
const IDLE = { layer: { event: nothing }, view: undefined as never, state: undefined }

/** A hook gave something back: it may have been asynchronous. */
const answered = ({ entry, index }: Observer, result: unknown): void => {
  entry.passes.checkSync(index, 'event', result)
}

/**
 * One function that runs the hook `event` of all layers, innermost first. A hook that throws is a fault of its layer and the rest still
 * run; what a hook ends is ended after the last.
 *
 * Every hook of the first four, and of each further four, has a call site of its own: engines cache and inline per site. A hook called in
 * a plain loop, or by `Function.prototype.call`, was measured at 7 ns, one at its own site at 1 ns.
 */
export function fuse(observers: readonly Observer[]): (event: StreamEvent) => void {
  if (observers.length === 0) return nothing
  const rest = observers.length > SITES ? fuse(observers.slice(SITES)) : undefined
  const [a, b, c, d] = [0, 1, 2, 3].map((site) => observers[site] ?? IDLE) as [Observer, Observer, Observer, Observer]
  const { layer: layerA, view: viewA, state: stateA } = a
  const { layer: layerB, view: viewB, state: stateB } = b
  const { layer: layerC, view: viewC, state: stateC } = c
  const { layer: layerD, view: viewD, state: stateD } = d
  return function passEvent(event) {
    let site = 0
    try {
      const resultA: unknown = layerA.event(viewA, event, stateA)
      if (resultA !== undefined) answered(a, resultA)
      site = 1
      const resultB: unknown = layerB.event(viewB, event, stateB)
      if (resultB !== undefined) answered(b, resultB)
      site = 2
      const resultC: unknown = layerC.event(viewC, event, stateC)
      if (resultC !== undefined) answered(c, resultC)
      site = 3
      const resultD: unknown = layerD.event(viewD, event, stateD)
      if (resultD !== undefined) answered(d, resultD)
    } catch (thrown) {
      const { entry, index } = observers[site] as Observer
      entry.passes.fault(index, 'event', thrown)
      fuse(observers.slice(site + 1, SITES))(event)
    }
    if (rest !== undefined) rest(event)
  }
}
