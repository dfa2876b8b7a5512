import { OptionError } from './errors.ts'

/** What one option may be. Made by {@link integer}, {@link text}, {@link func} and their like. */
export interface Rule<T> {
  /** The expectation as a clause that follows "must be": `an integer of at least 1`. */
  readonly expects: string
  /** Data can stand in a configuration file; functions and objects with methods cannot. */
  readonly kind: 'data' | 'function'
  /** Its value is never shown. */
  readonly secret?: boolean
  readonly default?: T
  /** Whether a value is right; may be asked with anything. */
  accepts(value: unknown): value is T
  /** A finding within a value that is wrong in one place: the path and what was expected there. */
  locate?(value: unknown): { readonly path: string; readonly value: unknown; readonly expects: string } | undefined
}

/** A rule for every option of `T`. */
export type OptionRules<T> = { readonly [K in keyof T]-?: Rule<Exclude<T[K], undefined>> }

/** Options after the check: those that have a default are there. */
export type Checked<T, R> = T & {
  readonly [K in keyof T & keyof R as R[K] extends { readonly default: unknown } ? K : never]-?: Exclude<
    T[K],
    undefined
  >
}

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

/** A list whose items follow a rule. */
export const list = <T, const B extends Base<readonly T[]> = object>(
  item: Rule<T>,
  base: B = {} as B,
): Ruled<readonly T[], B> =>
  make<readonly T[], B>(base, {
    expects: `a list, each item ${item.expects}`,
    kind: item.kind,
    accepts: (value): value is readonly T[] => Array.isArray(value) && value.every((each) => item.accepts(each)),
  })

/** A plain object whose values follow a rule, under any keys. */
export const record = <T, const B extends Base<Readonly<Record<string, T>>> = object>(
  item: Rule<T>,
  base: B = {} as B,
): Ruled<Readonly<Record<string, T>>, B> =>
  make<Readonly<Record<string, T>>, B>(base, {
    expects: `an object, each value ${item.expects}`,
    kind: item.kind,
    accepts: (value): value is Readonly<Record<string, T>> =>
      isPlainObject(value) && Object.values(value).every((each) => item.accepts(each)),
  })

/** An object with rules of its own for each field. */
export const group = <T extends object>(rules: OptionRules<T>): Rule<T> => {
  const locate = (value: unknown): ReturnType<NonNullable<Rule<T>['locate']>> =>
    isPlainObject(value) ? firstProblem(rules, value) : undefined
  return {
    expects: `an object with ${Object.keys(rules).join(', ')}`,
    kind: Object.values<Rule<unknown>>(rules).every((rule) => rule.kind === 'data') ? 'data' : 'function',
    accepts: (value): value is T => isPlainObject(value) && firstProblem(rules, value) === undefined,
    locate,
  }
}

/** What follows any of several rules. */
export const anyOf = <A, B>(first: Rule<A>, second: Rule<B>): Rule<A | B> => ({
  expects: `${first.expects}, or ${second.expects}`,
  kind: first.kind === 'data' ? second.kind : first.kind,
  ...((first.secret || second.secret) && { secret: true }),
  accepts: (value): value is A | B => first.accepts(value) || second.accepts(value),
})

/** Anything at all that is not `undefined`; for values whose form is someone else's. */
export const anything = <T>(expects: string, kind: 'data' | 'function' = 'function'): Rule<T> => ({
  expects,
  kind,
  accepts: (value): value is T => value !== undefined,
})

const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

type Problem = { readonly path: string; readonly value: unknown; readonly expects: string; readonly secret?: boolean }

function firstProblem(
  rules: Readonly<Record<string, Rule<unknown>>> | object,
  given: Record<string, unknown>,
): Problem | undefined {
  const table = rules as Readonly<Record<string, Rule<unknown>>>
  for (const [field, value] of Object.entries(given)) {
    if (value === undefined) continue
    const rule = Object.hasOwn(table, field) ? table[field] : undefined
    if (rule === undefined) return { path: field, value, expects: '' }
    if (rule.accepts(value)) continue
    const inner = rule.locate?.(value)
    if (inner) return { ...inner, path: `${field}.${inner.path}` }
    return { path: field, value, expects: rule.expects, ...(rule.secret && { secret: true }) }
  }
  return undefined
}

/** A value as it may stand in a message: short, and for a secret its type only. */
const shown = (value: unknown, secret: boolean): string => {
  if (secret || typeof value === 'function') return `a ${typeof value}`
  if (typeof value === 'bigint' || typeof value === 'symbol' || typeof value === 'number') return String(value)
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object'
  const json = JSON.stringify(value)
  return json.length > 60 ? `${json.slice(0, 59)}…` : json
}

const closest = (field: string, known: readonly string[]): string | undefined => {
  const wanted = field.toLowerCase()
  return known.find((name) => {
    const low = name.toLowerCase()
    return low.startsWith(wanted) || wanted.startsWith(low) || low.includes(wanted) || distance(low, wanted) <= 2
  })
}

/** Levenshtein distance, for "did you mean". */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      next[j] = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + cost)
    }
    row = next
  }
  return row[b.length] ?? 0
}

const remedyOf = (problem: Problem, known: readonly string[]): string => {
  if (problem.expects !== '') return `it must be ${problem.expects}`
  const meant = closest(problem.path.split('.').at(-1) ?? '', known)
  return `there is no such option${meant ? `; did you mean ${meant}?` : ''} (known: ${known.join(', ') || 'none'})`
}

/**
 * Checks options against their rules and fills in the defaults (rule X1).
 *
 * @param owner the middleware, adapter or exporter whose options they are, as users write it.
 * @throws {OptionError} for the first field that is unknown or wrong, naming owner, field, value and remedy.
 *
 * @example
 * const { attempts } = checkOptions('retry', { attempts: integer({ min: 1, default: 3 }) }, options)
 */
export function checkOptions<T extends object, const R extends OptionRules<T>>(
  owner: string,
  rules: R,
  given: T | undefined,
): Checked<T, R> {
  if (given !== undefined && !isPlainObject(given)) {
    throw new OptionError({ owner, field: '(all)', value: shown(given, true), remedy: 'options are an object' })
  }
  const options = (given ?? {}) as Record<string, unknown>
  const problem = firstProblem(rules, options)
  if (problem) {
    const value = problem.expects === '' ? 'given' : shown(problem.value, problem.secret ?? false)
    throw new OptionError({ owner, field: problem.path, value, remedy: remedyOf(problem, Object.keys(rules)) })
  }
  const filled: Record<string, unknown> = {}
  for (const [field, rule] of Object.entries<Rule<unknown>>(rules as object as Record<string, Rule<unknown>>)) {
    const value = options[field] ?? rule.default
    if (value !== undefined) filled[field] = value
  }
  return filled as object as Checked<T, R>
}

/**
 * The part of checked options that is data: JSON-safe, without functions; a secret is shown as `'(secret)'`. What `explain()` prints.
 */
export function dataOf<T extends object>(rules: OptionRules<T>, checked: T): Readonly<Record<string, unknown>> {
  const data: Record<string, unknown> = {}
  for (const [field, rule] of Object.entries<Rule<unknown>>(rules as object as Record<string, Rule<unknown>>)) {
    const value = (checked as Record<string, unknown>)[field]
    if (value === undefined || rule.kind !== 'data') continue
    data[field] = rule.secret ? '(secret)' : value
  }
  return data
}
