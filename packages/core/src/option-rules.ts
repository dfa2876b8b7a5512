import { Named } from './named.ts'

/** What one option may be. Made by {@link integer}, {@link text}, {@link func} and their like. */
export interface Rule<T> {
  /** The expectation as a clause that follows "must be": `an integer of at least 1`. */
  readonly expects: string
  /** Data can stand in a configuration file; functions and objects with methods cannot. */
  readonly kind: 'data' | 'function'
  /** Its value is never shown. */
  readonly secret?: boolean
  /** It must be given; made by {@link required}. */
  readonly required?: boolean
  readonly default?: T
  /** Whether a value is right; may be asked with anything. */
  accepts(value: unknown): value is T
  /** A finding within a value that is wrong in one place. */
  locate?(value: unknown): OptionFinding | undefined
  /** What of a value is data and no secret, where that is another part than `kind` says; `undefined` for nothing of it. */
  shows?(value: unknown): unknown
}

/** Where in options something is wrong. `expects` is empty for a field that there is no rule for. */
export interface OptionFinding {
  /** The field, with dots between the levels. */
  readonly path: string
  readonly value: unknown
  readonly expects: string
  readonly secret?: boolean
}

/** A rule for every option of `T`. */
export type OptionRules<T> = { readonly [K in keyof T]-?: Rule<Exclude<T[K], undefined>> }

interface Base<T> {
  readonly default?: T
  readonly secret?: boolean
}

/** What a rule says of its default, kept in the type so that the checked options are known to have it. */
type Ruled<T, B> = Rule<T> & (B extends { readonly default: infer D } ? { readonly default: D } : unknown)

const make = <T, B extends Base<T>>(base: B, rest: Omit<Rule<T>, 'default' | 'secret'>): Ruled<T, B> =>
  ({ ...base, ...rest }) as Rule<T> as Ruled<T, B>

interface NumberBounds extends Base<number> {
  readonly min?: number
  readonly max?: number
}

const bounds = ({ min, max }: NumberBounds): string => {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`
  if (min !== undefined) return ` of at least ${min}`
  return max === undefined ? '' : ` of at most ${max}`
}

const within = (value: number, { min, max }: NumberBounds): boolean =>
  value >= (min ?? Number.NEGATIVE_INFINITY) && value <= (max ?? Number.POSITIVE_INFINITY)

/** A whole number within bounds (inclusive). */
export const integer = <const B extends NumberBounds>(base: B = {} as B): Ruled<number, B> =>
  make<number, B>(base, {
    expects: `an integer${bounds(base)}`,
    kind: 'data',
    accepts: (value): value is number => Number.isSafeInteger(value) && within(value as number, base),
  })

/** A finite number within bounds (inclusive). */
export const number = <const B extends NumberBounds>(base: B = {} as B): Ruled<number, B> =>
  make<number, B>(base, {
    expects: `a number${bounds(base)}`,
    kind: 'data',
    accepts: (value): value is number => Number.isFinite(value) && within(value as number, base),
  })

/** `true` or `false`. */
export const flag = <const B extends Base<boolean>>(base: B = {} as B): Ruled<boolean, B> =>
  make<boolean, B>(base, {
    expects: 'true or false',
    kind: 'data',
    accepts: (value): value is boolean => typeof value === 'boolean',
  })

interface TextRules extends Base<string> {
  readonly pattern?: RegExp
  /** The pattern in words, after "must be". */
  readonly expects?: string
}

/** A string that is not empty, of a given form where a pattern is given. */
export const text = <const B extends TextRules>(base: B = {} as B): Ruled<string, B> => {
  const { pattern, expects, ...rest } = base
  return make<string, B>(rest as unknown as B, {
    expects: expects ?? 'a string that is not empty',
    kind: 'data',
    accepts: (value): value is string => typeof value === 'string' && value !== '' && (pattern?.test(value) ?? true),
  })
}

/** One of a list of values. */
export const oneOf = <const V extends string | number | boolean, const B extends Base<V> = object>(
  values: readonly V[],
  base: B = {} as B,
): Ruled<V, B> =>
  make<V, B>(base, {
    expects: `one of ${values.map((value) => JSON.stringify(value)).join(', ')}`,
    kind: 'data',
    accepts: (value): value is V => values.includes(value as V),
  })

/** A function. */
export const func = <F extends (...args: never[]) => unknown, const B extends Base<F> = object>(
  base: B = {} as B,
): Ruled<F, B> =>
  make<F, B>(base, {
    expects: 'a function',
    kind: 'function',
    accepts: (value): value is F => typeof value === 'function',
  })

/** An object that has the named methods: a logger, a store, a client. */
export const having = <T extends object>(...methods: readonly (keyof T & string)[]): Rule<T> => ({
  expects: `an object with ${methods.map((method) => `${method}()`).join(', ')}`,
  kind: 'function',
  accepts: (value): value is T =>
    (typeof value === 'object' || typeof value === 'function') &&
    value !== null &&
    methods.every((method) => typeof (value as Record<string, unknown>)[method] === 'function'),
})

/** The rule of the items is the rule of what holds them: whether they are data, and whether they may be shown. */
const heldBy = <T>({ kind, secret }: Rule<T>): Pick<Rule<unknown>, 'kind' | 'secret'> => ({
  kind,
  ...(secret && { secret }),
})

/** The first of several values that is wrong, by its key or index. */
const locateIn = <T>(item: Rule<T>, entries: readonly (readonly [string, unknown])[]): OptionFinding | undefined => {
  for (const [key, value] of entries) {
    if (item.accepts(value)) continue
    const within = item.locate?.(value)
    if (within) return { ...within, path: `${key}.${within.path}` }
    return { path: key, value, expects: item.expects, ...(item.secret && { secret: true }) }
  }
  return undefined
}

/** A list whose items follow a rule. */
export const list = <T, const B extends Base<readonly T[]> = object>(
  item: Rule<T>,
  base: B = {} as B,
): Ruled<readonly T[], B> =>
  make<readonly T[], B>(
    { ...heldBy(item), ...base },
    {
      expects: `a list, each item ${item.expects}`,
      kind: item.kind,
      accepts: (value): value is readonly T[] => Array.isArray(value) && value.every((each) => item.accepts(each)),
      locate: (value) =>
        Array.isArray(value)
          ? locateIn(
              item,
              value.map((each, index) => [String(index), each] as const),
            )
          : undefined,
    },
  )

/** A plain object whose values follow a rule, under any keys. */
export const record = <T, const B extends Base<Readonly<Record<string, T>>> = object>(
  item: Rule<T>,
  base: B = {} as B,
): Ruled<Readonly<Record<string, T>>, B> =>
  make<Readonly<Record<string, T>>, B>(
    { ...heldBy(item), ...base },
    {
      expects: `an object, each value ${item.expects}`,
      kind: item.kind,
      accepts: (value): value is Readonly<Record<string, T>> =>
        isPlainObject(value) && Object.values(value).every((each) => item.accepts(each)),
      locate: (value) => (isPlainObject(value) ? locateIn(item, Object.entries(value)) : undefined),
    },
  )

/** What follows any of several rules. */
export const anyOf = <A, B>(first: Rule<A>, second: Rule<B>): Rule<A | B> => ({
  expects: `${first.expects}, or ${second.expects}`,
  kind: first.kind === 'data' ? second.kind : first.kind,
  ...((first.secret || second.secret) && { secret: true }),
  accepts: (value): value is A | B => first.accepts(value) || second.accepts(value),
  shows: (value) => shownBy(first.accepts(value) ? first : second, value),
})

/** Anything at all that is not `undefined`; for values whose form is someone else's. */
export const anything = <T>(expects: string, kind: 'data' | 'function' = 'function'): Rule<T> => ({
  expects,
  kind,
  accepts: (value): value is T => value !== undefined,
})

/** An option that has no default and cannot be left out. */
export const required = <T>(rule: Rule<T>): Rule<T> => ({ ...rule, required: true })

/** What may be seen of a value: itself if it is data, a name for a secret, `undefined` for functions and the like. */
export function shownBy(rule: Rule<unknown>, value: unknown): unknown {
  if (rule.secret) return new Named('(secret)')
  if (rule.shows) return rule.shows(value)
  return rule.kind === 'data' ? value : undefined
}

/** Whether a value is an object that is no list. */
export const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
