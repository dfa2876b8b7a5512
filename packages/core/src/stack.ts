import type { AnyFactKey } from './fact.ts'
import type { AnyMiddleware, Middleware } from './middleware.ts'

/** What may stand in a stack: a middleware, or nothing, for a layer that is there on a condition. */
export type Layer = AnyMiddleware | false | null | undefined

type InNames<K> = K extends AnyFactKey ? (K['direction'] extends 'in' ? K['name'] : never) : never
type OutNames<K> = K extends AnyFactKey ? (K['direction'] extends 'out' ? K['name'] : never) : never
type Required<K> = K extends AnyFactKey ? (K['required'] extends true ? K : never) : never

type ReadsOf<H> = H extends { readonly reads: readonly (infer K)[] } ? K : never
type GivesOf<H> = H extends { readonly gives: readonly (infer K)[] } ? K : never
/** In-facts that a layer gives for certain; one that may be absent gives none. */
type SureInFacts<H> = [H] extends [AnyMiddleware] ? InNames<GivesOf<H>> : never

type NameOf<H> = H extends { readonly name: infer N extends string } ? N : 'layer'

/** Required in-facts that no outer layer gives for certain. */
type MissingIn<H, TSure> = Exclude<InNames<Required<ReadsOf<H>>>, TSure>
/** In-facts that a layer can do without, and that only layers further in give. */
type LateIn<H, TOuter, TInside extends readonly unknown[]> = Exclude<
  Extract<InNames<ReadsOf<H>>, InNames<GivesOf<TInside[number]>>>,
  TOuter
>
/** Out-facts that only layers further out give. */
type EarlyOut<H, TOuter, TInside extends readonly unknown[]> = Exclude<
  Extract<OutNames<ReadsOf<H>>, TOuter>,
  OutNames<GivesOf<TInside[number]>>
>

type CheckOne<H, TSure, TOuter, TInside extends readonly unknown[]> = [MissingIn<H, TSure>] extends [never]
  ? [LateIn<H, TOuter, TInside>] extends [never]
    ? [EarlyOut<H, TOuter, TInside>] extends [never]
      ? unknown
      : `${NameOf<H>} reads the fact '${EarlyOut<H, TOuter, TInside> & string}': the layer that gives it must stand further in`
    : `${NameOf<H>} reads the fact '${LateIn<H, TOuter, TInside> & string}': the layer that gives it must stand further out`
  : `${NameOf<H>} needs the fact '${MissingIn<H, TSure> & string}': put a layer that always gives it further out`

/**
 * @typeParam TSure names of in-facts that outer layers give for certain.
 * @typeParam TOuter names of all facts that outer layers may give.
 */
type CheckAll<T extends readonly unknown[], TSure = never, TOuter = never> = T extends readonly [infer H, ...infer R]
  ? readonly [
      CheckOne<H, TSure, TOuter, R>,
      ...CheckAll<R, TSure | SureInFacts<H>, TOuter | (GivesOf<H> & AnyFactKey)['name']>,
    ]
  : readonly []

/**
 * A tuple of layers, each as it is if it stands where it may, else as a sentence that says what is wrong (rule P5). A plain array,
 * whose order the compiler cannot see, is refused: make the tuple with {@link stack}.
 */
export type CheckedStack<T extends readonly Layer[]> = {
  [I in keyof T]: T[I] &
    (number extends T['length']
      ? 'a plain array has no order that can be checked: make it with stack()'
      : I extends keyof CheckAll<T>
        ? CheckAll<T>[I]
        : unknown)
}

type OptionsOf<H> = H extends Middleware<string, readonly AnyFactKey[], readonly AnyFactKey[], infer O> ? O : never
/** Leaving a layer out is allowed unless others may need an in-fact of it. */
type Off<H> = [SureInFacts<H>] extends [never] ? false : never

type Present<T extends readonly unknown[]> = Exclude<T[number], false | null | undefined>

/** No layers take no options; `{}` would take any. */
interface NoLayers {
  readonly '~none'?: never
}

/** The per-call options of a stack: `layers: { cache: { mode: 'bypass' }, retry: false }` (rule C2). */
export type LayerOptions<T extends readonly unknown[]> = [Present<T>] extends [never]
  ? NoLayers
  : { readonly [H in Present<T> as NameOf<H>]?: OptionsOf<H> | Off<H> }

/**
 * Makes a tuple of layers to share between pipelines. Checked where it is used.
 *
 * @example
 * const observed = stack(requestId(), logging(), timing())
 * const chat = pipeline(openai(), ...observed, retry())
 */
export const stack = <const T extends readonly Layer[]>(...layers: T): T => layers
