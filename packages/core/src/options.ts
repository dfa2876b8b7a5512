import { OptionError } from './errors.ts'
import { kindOf } from './kind-of.ts'
import { isPlainObject, type OptionFinding, type OptionRules, type Rule, shownBy } from './option-rules.ts'

type RuleTable = Readonly<Record<string, Rule<unknown>>>

/** Options after the check: those that have a default are there. */
export type Checked<T, R> = T & {
  readonly [K in keyof T & keyof R as R[K] extends { readonly default: unknown } ? K : never]-?: Exclude<
    T[K],
    undefined
  >
}

/** The first field that is unknown or wrong. */
function firstFinding(rules: object, given: Record<string, unknown>): OptionFinding | undefined {
  const table = rules as RuleTable
  for (const [field, value] of Object.entries(given)) {
    if (value === undefined) continue
    const rule = Object.hasOwn(table, field) ? table[field] : undefined
    if (rule === undefined) return { path: field, value, expects: '' }
    if (rule.accepts(value)) continue
    const inner = rule.locate?.(value)
    if (inner) return { ...inner, path: `${field}.${inner.path}` }
    return { path: field, value, expects: rule.expects, ...(rule.secret && { secret: true }) }
  }
  for (const [field, { required, expects }] of Object.entries(table)) {
    if (required && given[field] === undefined) return { path: field, value: undefined, expects }
  }
  return undefined
}

/** An object with rules of its own for each field. */
export const group = <T extends object>(rules: OptionRules<T>): Rule<T> => ({
  expects: `an object with ${Object.keys(rules).join(', ')}`,
  kind: Object.values<Rule<unknown>>(rules).every((rule) => rule.kind === 'data') ? 'data' : 'function',
  accepts: (value): value is T => isPlainObject(value) && firstFinding(rules, value) === undefined,
  locate: (value) => (isPlainObject(value) ? firstFinding(rules, value) : undefined),
  shows: (value) => dataOf(rules, value as T),
})

/** A value as it may stand in a message: short, and for a secret its type only. */
const shown = (value: unknown, secret: boolean): string => {
  if (secret || typeof value === 'function' || typeof value === 'object') return kindOf(value)
  if (typeof value === 'bigint' || typeof value === 'symbol' || typeof value === 'number') return String(value)
  const json = JSON.stringify(value) ?? 'undefined'
  return json.length > 60 ? `${json.slice(0, 59)}…` : json
}

const closest = (field: string, known: readonly string[]): string | undefined => {
  const wanted = field.toLowerCase()
  return known.find((name) => {
    const low = name.toLowerCase()
    return low.includes(wanted) || wanted.includes(low) || distance(low, wanted) <= 2
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

const remedyOf = (problem: OptionFinding, known: readonly string[]): string => {
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
  const problem = firstFinding(rules, options)
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
    const shown = value === undefined ? undefined : shownBy(rule, value)
    if (shown !== undefined) data[field] = shown
  }
  return data
}
