import type { AdapterServer } from './adapter.ts'
import type { Attempt, AttemptReport } from './attempt.ts'
import type { Call, CallChange, CallerOptions, CallOf, DetachedCall } from './call.ts'
import type { Clock } from './clock.ts'
import type { Entry } from './entry.ts'
import { ContractError } from './errors.ts'
import type { FactKey } from './fact.ts'
import type { Frame } from './frame.ts'
import { headersOf } from './headers.ts'
import { identityInside } from './identity.ts'
import { leafOf } from './nested.ts'
import type { NoteKey } from './note.ts'
import { type Operation, plainRequest, type Requests } from './request.ts'
import { checkRequest } from './request-check.ts'
import type { Root } from './root.ts'
import { Scope } from './scope.ts'
import type { AbortSignal } from './signal.ts'
import type { CallTimes } from './times/call-times.ts'

/** What a layer may change on the way in; the rest of a call lives in its root and entry. */
export interface Passage {
  readonly request: Requests[Operation]
  readonly scope: Scope
  readonly headers: Readonly<Record<string, string>> | undefined
  /** For an adapter: its attempt. */
  readonly attempt?: AttemptReport
}

const NOTHING: Readonly<Record<string, string>> = Object.freeze({})

/** A call as one layer sees it: the shared state behind getters, and the layer's own place for `give`, `emit` and `options`. */
export class CallView implements CallOf<Operation> {
  readonly #root: Root
  readonly #entry: Entry
  /** Position of the layer in its stretch; the number of layers for the adapter. */
  readonly #index: number
  readonly #passage: Passage
  readonly #frame: Frame

  constructor(entry: Entry, index: number, passage: Passage) {
    this.#root = entry.root
    this.#entry = entry
    this.#index = index
    this.#passage = passage
    this.#frame = entry.frame
  }

  /** What is behind a call that a layer gives to `next`; `undefined` for anything that is no call of the core's. */
  static behind(call: unknown): { readonly entry: Entry; readonly root: Root; readonly passage: Passage } | undefined {
    if (!(typeof call === 'object' && call !== null && #root in call)) return undefined
    return { entry: call.#entry, root: call.#root, passage: call.#passage }
  }

  get id(): string {
    return this.#root.id
  }
  get attempt(): AttemptReport | undefined {
    return this.#passage.attempt
  }
  get pipeline(): string {
    return this.#entry.plan.name
  }
  get provider(): string {
    return leafOf(this.#entry.plan.adapter, this.#passage.request).name
  }
  get server(): AdapterServer | undefined {
    return leafOf(this.#entry.plan.adapter, this.#passage.request).server
  }
  get operation(): Operation {
    return this.#root.options.operation
  }
  get mode(): 'stream' | 'complete' {
    return this.#root.options.mode
  }
  get request(): Requests[Operation] {
    return this.#passage.request
  }
  get signal(): AbortSignal {
    return this.#entry.signalIn(this.#passage.scope)
  }
  get clock(): Clock {
    return this.#root.options.clock
  }
  get startedAt(): number {
    return this.#root.startedAt
  }
  get attributes(): Readonly<Record<string, string>> {
    return this.#root.options.caller.attributes ?? NOTHING
  }
  get headers(): Readonly<Record<string, string>> {
    const facts = this.#entry.plan.shape.headers(this.#frame)
    return headersOf(this.#root.options.caller.headers, facts, this.#passage.headers)
  }
  get caller(): CallerOptions {
    return this.#root.options.caller
  }
  get options(): unknown {
    const name = this.#entry.stretch.layers[this.#index]?.name
    const given = this.#root.options.layerOptions
    return name !== undefined && given && Object.hasOwn(given, name) ? given[name] : undefined
  }
  get facts(): Frame {
    return this.#frame
  }
  get attempts(): readonly Attempt[] {
    return this.#root.attempts
  }
  get detached(): string | undefined {
    return this.#root.options.detached?.reason
  }

  get identity(): string {
    const { plan, stretch } = this.#entry
    const own = stretch.layers[this.#index]
    const layers = own ? plan.layers.slice(plan.layers.indexOf(own) + 1) : []
    const { layerOptions } = this.#root.options
    return identityInside({ layers, adapter: plan.adapter, request: this.request, layerOptions })
  }

  with(change: CallChange): Call<never> {
    const { scope, headers } = this.#passage
    const narrowed = change.signal !== undefined || change.idleMs !== undefined
    if (change.request) checkRequest(this.operation, change.request)
    const passage: Passage = {
      ...this.#passage,
      ...(change.request && { request: plainRequest(change.request) }),
      scope: narrowed ? this.#narrow(scope, change) : scope,
      headers: change.headers ? { ...headers, ...change.headers } : headers,
    }
    return new CallView(this.#entry, this.#index, passage) as object as Call<never>
  }

  give<T>(key: FactKey<T>, value: T): void {
    this.#entry.passes.checkGift(this.#index, key)
    this.#frame[key.name] = value
  }

  emit<T>(key: NoteKey<T>, value: T): void {
    this.#entry.passes.tell(this.#index, key, value)
  }

  hears(): boolean {
    return this.#entry.passes.heard(this.#index)
  }

  times(): CallTimes | undefined {
    return this.#root.times?.read()
  }

  onTimes(listener: (times: CallTimes) => void): void {
    this.#root.times?.tell((times) => {
      try {
        listener(times)
      } catch (thrown) {
        this.#entry.passes.fault(this.#index, 'end', thrown)
      }
    })
  }

  detach(reason: string): DetachedCall<never> {
    const detaching = { index: this.#index, passage: this.#passage, reason }
    return this.#entry.plan.detach(this.#entry, detaching) as object as DetachedCall<never>
  }

  #narrow(parent: Scope, { signal, idleMs, progress }: CallChange): Scope {
    return new Scope(this.#root, {
      parent,
      setBy: this.#entry.passes.nameOf(this.#index),
      ...(signal && { signal }),
      ...(idleMs !== undefined && { idleMs }),
      ...(progress && { progress }),
    })
  }
}

/** The call of a detached entry: a call that its maker can end. */
export class DetachedCallView extends CallView {
  /** Ends the detached call: what runs of it ends `abandoned`. */
  cancel(reason?: unknown): void {
    const host = CallView.behind(this)?.entry
    host?.root.afterStep(() => host.abandon(reason))
  }
}

/**
 * What is behind the call that a layer of `entry` gave to `next`.
 *
 * @throws {ContractError} (R8) when it is no call, or neither the layer's own nor detached from it.
 */
export function passageFor(entry: Entry, call: unknown): NonNullable<ReturnType<typeof CallView.behind>> {
  const broken = (what: string) => new ContractError(entry.passes.controller, 'R8', `next() was given ${what}`)
  const behind = CallView.behind(call)
  if (behind === undefined) throw broken('something that is not a call')
  if (behind.entry !== entry && behind.entry.place.origin !== entry) throw broken('a call of another layer or request')
  return behind
}
