import type { AdapterServer } from './adapter.ts'
import type { Attempt, AttemptReport } from './attempt.ts'
import type { Clock } from './clock.ts'
import type { FactKey } from './fact.ts'
import type { NoteKey } from './note.ts'
import type { Operation, Requests } from './request.ts'
import type { AbortSignal } from './signal.ts'
import type { CallTimes } from './times/call-times.ts'

/** What the caller said beside the request. */
export interface CallerOptions {
  /** Ends the call when it fires. */
  readonly signal?: AbortSignal
  /** Longest time of the whole call in milliseconds, counted from its start. Default: none. */
  readonly deadlineMs?: number
  /** The caller's own id of the call; `requestId()` decides whether it is kept. */
  readonly requestId?: string
  /** What the call belongs to: a group, a trace context, an outer call. Read by telemetry. */
  readonly parent?: unknown
  /** Low-cardinality labels of the call, such as a tenant or a feature. */
  readonly attributes?: Readonly<Record<string, string>>
  /** Headers for the provider; no part of request or cache key (rule C7). */
  readonly headers?: Readonly<Record<string, string>>
}

/** What `with` may change for what is further in. */
export interface CallChange<O extends Operation = Operation> {
  /** For the same operation. */
  readonly request?: Requests[O]
  /** Fires beside the call's own signal: what is inside ends by whichever fires first. */
  readonly signal?: AbortSignal
  /** Added to the headers that are already there. */
  readonly headers?: Readonly<Record<string, string>>
  /** Longest wait in milliseconds for the provider's next event; runs only while a pull waits (rule E7). */
  readonly idleMs?: number
  /** With `idleMs`: how far the call got, for the error when the limit is met; a clause: `after headers and 12 events`. */
  readonly progress?: () => string
}

/** A call as a layer sees it, for one operation. */
export interface CallOf<O extends Operation, F = unknown, TOptions = unknown> {
  /** The core's own id of the call; unique per process run, also without `requestId()`. */
  readonly id: string
  /** Name of the pipeline that the layer stands in. */
  readonly pipeline: string
  /** Name of the provider that the stack leads to for this request; an attempt may be at another one. */
  readonly provider: string
  /** The server that the stack leads to for this request, where its adapter says so; an attempt may be at another one. */
  readonly server: AdapterServer | undefined
  readonly operation: O
  /** Whether the caller reads events or wants the whole answer. */
  readonly mode: 'stream' | 'complete'
  readonly request: Requests[O]
  readonly signal: AbortSignal
  readonly clock: Clock
  /** `clock.now()` of the call's start. */
  readonly startedAt: number
  readonly attributes: Readonly<Record<string, string>>
  /** Headers for the provider: the caller's, the layers' and those of facts that name one. Names are in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** What the caller said beside the request. */
  readonly caller: CallerOptions
  /** This layer's own per-call options (`layers: { <name>: … }`), as the caller gave them. */
  readonly options: TOptions | undefined
  readonly facts: Readonly<F>
  readonly attempts: readonly Attempt[]
  /** For a detached call: why it was detached. */
  readonly detached: string | undefined
  /**
   * What decides the answer from here inward, beside the request (rule K1): the layers inside that change it, as this call enters them,
   * and the adapter for this request. Computed when asked for.
   */
  readonly identity: string
  /**
   * A call that differs in what is given, for what is further in.
   *
   * @throws {OptionError} for a request that the operation cannot take.
   *
   * @example
   * next(call.with({ request: { ...call.request, temperature: 1 } }))
   */
  with(change: CallChange): Call<F, TOptions>
  /**
   * Gives a fact.
   *
   * @throws {ContractError} (P4) when the layer does not declare it in `gives`.
   */
  give<T>(key: FactKey<T>, value: T): void
  /** Tells a note to the layers outside. Does nothing, and allocates nothing, where nobody listens. */
  emit<T>(key: NoteKey<T>, value: T): void
  /** Whether a note would be heard, for those that are costly to make. */
  hears(): boolean
  /** Where the time of the call has gone so far; `undefined` where no layer of its stack has the trait `timings`. */
  times(): CallTimes | undefined
  /** The same when the call is over, after the last hook `end` of its layers. Never called where no layer has the trait. */
  onTimes(listener: (times: CallTimes) => void): void
  /** A call of its own that outlives this one (rule D1): own signal, facts, attempts. Give it to `next`. */
  detach(reason: string): DetachedCall<F>
}

/** A call for a chat answer. */
export type ChatCall<F = unknown, TOptions = unknown> = CallOf<'chat', F, TOptions>
/** A call for embeddings. */
export type EmbedCall<F = unknown, TOptions = unknown> = CallOf<'embed', F, TOptions>

/** One operation as the caller sees it, told apart by `operation`; what every hook receives. */
export type Call<F = unknown, TOptions = unknown> = ChatCall<F, TOptions> | EmbedCall<F, TOptions>

/** A call that outlives the one that made it. */
export type DetachedCall<F = unknown> = Call<F> & {
  /** Ends it: its passes end `abandoned`. */
  cancel(reason?: unknown): void
}

/** What an adapter receives: a call with the attempt that the core has opened for it. */
export type AdapterCall = Call & { readonly attempt: AttemptReport }
