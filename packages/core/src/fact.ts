/**
 * Which way a fact travels. `in`: given in `provide`, readable further in. `out`: given in `handle` or `end`, readable
 * further out, in `end`.
 */
export type FactDirection = 'in' | 'out'

/**
 * The key of a fact: something that a layer learnt and others may read. Made by {@link fact}; exported as `requestIdFact`,
 * `usageFact`, …
 */
export interface FactKey<
  T,
  N extends string = string,
  D extends FactDirection = FactDirection,
  R extends boolean = boolean,
> {
  readonly name: N
  readonly direction: D
  /** Whether a reader needs it to be there. */
  readonly required: R
  /** The request header that carries the fact's value to the provider. */
  readonly header?: string
  /** The same fact, for a reader that can do without it. */
  readonly optional: FactKey<T, N, D, false>
  readonly '~type'?: (value: T) => T
}

/** Any fact key; for constraints. */
// biome-ignore lint/suspicious/noExplicitAny: the value type is invariant, so only `any` covers all keys
export type AnyFactKey = FactKey<any, string, FactDirection, boolean>

/**
 * Makes the key of a fact.
 *
 * @param name camelCase; readers find the value under it in `call.facts`.
 * @param options.header sends the value to the provider in this request header (rule C7).
 *
 * @example
 * export const tenantFact: FactKey<string, 'tenant', 'in', true> = fact('tenant', 'in')
 */
export function fact<T, const N extends string, const D extends FactDirection>(
  name: N,
  direction: D,
  options: { readonly header?: string } = {},
): FactKey<T, N, D, true> {
  const base = { name, direction, ...options }
  const optional: FactKey<T, N, D, false> = {
    ...base,
    required: false,
    get optional() {
      return optional
    },
  }
  return { ...base, required: true, optional }
}

type ValueOf<K> =
  K extends FactKey<infer T, string, infer D, infer R>
    ? D extends 'in'
      ? R extends true
        ? T
        : T | undefined
      : T | undefined
    : never

/** What `call.facts` holds for a layer that reads and gives these keys. */
export type FactsOf<K extends readonly AnyFactKey[]> = {
  readonly [F in K[number] as F['name']]: ValueOf<F>
}
