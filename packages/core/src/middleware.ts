import type { Adapter, Handler } from './adapter.ts'
import type { Call } from './call.ts'
import type { Ending } from './ending.ts'
import type { StreamEvent } from './event.ts'
import type { AnyFactKey, FactsOf } from './fact.ts'
import { checkSpec } from './middleware-check.ts'
import type { Note } from './note.ts'
import type { OptionRules } from './option-rules.ts'
import type { Reply } from './reply.ts'

/** What a middleware does that decides where it may stand (rule P8). */
export interface Traits {
  /** Calls `next` more than once: retry, fallback, hedge. */
  readonly repeats?: boolean
  /** Keeps answers and gives them again: cache. */
  readonly stores?: boolean
  /** Counts or refuses attempts at the provider: rate limit, circuit breaker. */
  readonly limits?: boolean
  /** Changes the request: guard, prompt templates. */
  readonly rewrites?: boolean
  /** Tells others what the caller asked: logging, telemetry. */
  readonly records?: boolean
  /** Adds up what a call took over all of its attempts: token count, budget. */
  readonly accounts?: boolean
  /** Wants the self times of the layers inside (profiler). */
  readonly timings?: boolean
}

/**
 * A middleware as it is written. Hooks watch: they are synchronous, return nothing, and what they throw becomes a `fault` note.
 * `handle` controls: it may change the call, not make it, make it again, and change or replace the reply.
 *
 * The layers of a stack are an onion, outermost first. A call goes inward through `provide`, `start` and `handle` of each layer;
 * the answer comes outward through `firstToken`, `event` and `end`, innermost first. Every `start` is followed by exactly one
 * `end`, whatever happens. A layer's hooks stand just outside its own `handle`.
 *
 * What `start` returns is the state of this pass; the other hooks receive it. Keep nothing per call anywhere else.
 */
export interface MiddlewareSpec<
  TName extends string = string,
  TState = unknown,
  TReads extends readonly AnyFactKey[] = readonly AnyFactKey[],
  TGives extends readonly AnyFactKey[] = readonly AnyFactKey[],
  TOptions = unknown,
> {
  /** camelCase name of its factory; also the key of its per-call options. */
  readonly name: TName
  /** Facts that it reads. An in-fact must be given further out, an out-fact further in. */
  readonly reads?: TReads
  /** Facts that it gives. */
  readonly gives?: TGives
  readonly traits?: Traits
  /** What it changes in an answer, for cache keys. Default: its name if it has `handle`, else nothing. */
  readonly identity?: string
  /** Its options as data, for `explain()` and configuration; what is no data, such as a store, by its name as {@link Named}. */
  readonly data?: Readonly<Record<string, unknown>>
  /** What its per-call options may be; without it the layer takes only `false` (leave it out for this call). */
  readonly perCall?: OptionRules<TOptions>
  /** Called once when a stack is assembled; may throw a {@link StackError}. */
  assemble?(stack: { readonly inside: readonly AnyMiddleware[]; readonly adapter: Adapter }): void
  /** Gives in-facts and checks what the caller asked. The one hook whose throw fails the call. */
  provide?(call: Call<FactsOf<[...TReads, ...TGives]>, TOptions>): void
  /** The call enters the layer. Returns the state of the pass. */
  start?(call: Call<FactsOf<[...TReads, ...TGives]>, TOptions>): TState
  /** The first content passes: text, reasoning, a tool call or a file. */
  firstToken?(call: Call<FactsOf<[...TReads, ...TGives]>, TOptions>, event: StreamEvent, state: TState): void
  /** An event passes. */
  event?(call: Call<FactsOf<[...TReads, ...TGives]>, TOptions>, event: StreamEvent, state: TState): void
  /** A layer further in, the adapter or the core tells something. State is absent for what comes after the pass ended. */
  note?(call: Call<FactsOf<[...TReads, ...TGives]>, TOptions>, note: Note, state: TState | undefined): void
  /** The pass ends, once. */
  end?(call: Call<FactsOf<[...TReads, ...TGives]>, TOptions>, ending: Ending, state: TState): void
  /** Controls the call. */
  handle?(call: Call<FactsOf<[...TReads, ...TGives]>, TOptions>, next: Handler, state: TState): Promise<Reply>
  /** Releases what the middleware holds. Called by the pipeline's `close`, outermost first. */
  close?(): void | Promise<void>
}

/** A named piece of the onion, ready to stand in a stack. Its type says what it reads, gives and may be told per call. */
export interface Middleware<
  TName extends string = string,
  TReads extends readonly AnyFactKey[] = readonly [],
  TGives extends readonly AnyFactKey[] = readonly [],
  TOptions = never,
> {
  readonly name: TName
  readonly reads: TReads
  readonly gives: TGives
  readonly traits: Traits
  readonly '~options'?: (options: TOptions) => void
  readonly '~spec': MiddlewareSpec
}

/** Any middleware; for lists. Options are contravariant, so `never` covers them all. */
export type AnyMiddleware = Middleware<string, readonly AnyFactKey[], readonly AnyFactKey[]>

/**
 * Makes a middleware of its parts. What it reads and gives is inferred, and typed in `call.facts`.
 *
 * @throws {OptionError} when the spec itself is wrong: no name, a name that is no identifier, an unknown hook.
 *
 * @example
 * const countEvents = () => {
 *   let events = 0
 *   return middleware({ name: 'countEvents', event: () => void events++ })
 * }
 */
export function middleware<
  const TName extends string,
  TState = undefined,
  const TReads extends readonly AnyFactKey[] = readonly [],
  const TGives extends readonly AnyFactKey[] = readonly [],
  TOptions = never,
>(spec: MiddlewareSpec<TName, TState, TReads, TGives, TOptions>): Middleware<TName, TReads, TGives, TOptions> {
  checkSpec(spec as object as MiddlewareSpec)
  return {
    name: spec.name,
    reads: spec.reads ?? ([] as readonly AnyFactKey[] as TReads),
    gives: spec.gives ?? ([] as readonly AnyFactKey[] as TGives),
    traits: spec.traits ?? {},
    '~spec': spec as object as MiddlewareSpec,
  }
}
