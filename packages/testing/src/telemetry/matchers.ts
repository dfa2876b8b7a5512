import type { CallRecord, GroupRecord, RecordedNote, TelemetryItem } from '@cepa/core'

/** Where matchers look: an exporter of {@link memoryExporter}, or what it has. */
export type Recorded =
  | { readonly items: readonly TelemetryItem[] }
  | readonly (CallRecord | GroupRecord | RecordedNote)[]

/** A value as it should be, as far as it is said: objects by the fields that are named, lists whole, functions as tests of their own. */
export type Expected<T> =
  | T
  | ((value: T) => boolean)
  | (T extends readonly unknown[] ? T : T extends object ? { readonly [K in keyof T]?: Expected<T[K]> } : never)

/** What a matcher answers to a test runner. */
export interface MatcherResult {
  readonly pass: boolean
  readonly message: () => string
}

const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Asymmetric matchers of test runners (`expect.any(Number)`) say by themselves whether they match. */
const asymmetric = (value: unknown): ((seen: unknown) => boolean) | undefined => {
  const { asymmetricMatch } = (value ?? {}) as { asymmetricMatch?: (seen: unknown) => boolean }
  return typeof asymmetricMatch === 'function' ? (seen) => asymmetricMatch.call(value, seen) : undefined
}

/** Where a value is not as expected: a path and what was seen; `undefined` where it is. */
export function mismatch(expected: unknown, seen: unknown, path = ''): string | undefined {
  const differs = () => `${path || 'it'} is ${shown(seen)}`
  if (typeof expected === 'function') return (expected as (value: unknown) => boolean)(seen) ? undefined : differs()
  const matches = asymmetric(expected)
  if (matches) return matches(seen) ? undefined : differs()
  if (Array.isArray(expected)) {
    if (!Array.isArray(seen) || seen.length !== expected.length) return differs()
    return firstOf(expected.map((each, index) => () => mismatch(each, seen[index], `${path}[${index}]`)))
  }
  if (!isFields(expected)) return Object.is(expected, seen) ? undefined : differs()
  if (!isFields(seen)) return differs()
  return firstOf(
    Object.entries(expected).map(
      ([name, each]) =>
        () =>
          mismatch(each, seen[name], path ? `${path}.${name}` : name),
    ),
  )
}

const firstOf = (checks: readonly (() => string | undefined)[]): string | undefined => {
  for (const check of checks) {
    const found = check()
    if (found !== undefined) return found
  }
  return undefined
}

const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 120 ? `${text.slice(0, 119)}…` : text
}

type Kind = 'call' | 'group' | 'note'

function bodiesOf(recorded: Recorded, kind: Kind): readonly object[] {
  if (Array.isArray(recorded)) return recorded.filter(({ schema }) => schema.startsWith(`cepa.${kind}/`))
  const { items } = recorded as { readonly items: readonly TelemetryItem[] }
  return items.flatMap((item) => {
    if (item.type !== kind) return []
    return item.type === 'call'
      ? [item.record]
      : item.type === 'group'
        ? [item.group]
        : [(item as { note: object }).note]
  })
}

const matcher =
  <T>(kind: Kind, noun: string) =>
  (recorded: Recorded, expected: Expected<T>): MatcherResult => {
    const bodies = bodiesOf(recorded, kind)
    const problems = bodies.map((body) => mismatch(expected, body))
    const pass = problems.includes(undefined)
    const nearest = problems.at(-1)
    return {
      pass,
      message: () =>
        pass
          ? `a ${noun} was recorded like ${shown(expected)}`
          : `no ${noun} was recorded like ${shown(expected)}; there are ${bodies.length}${nearest ? `, in the last ${nearest}` : ''}`,
    }
  }

/** A record like the expected one is there. */
export const toHaveRecorded: (recorded: Recorded, expected: Expected<CallRecord>) => MatcherResult =
  matcher<CallRecord>('call', 'record')

/** A group's record like the expected one is there. */
export const toHaveRecordedGroup: (recorded: Recorded, expected: Expected<GroupRecord>) => MatcherResult =
  matcher<GroupRecord>('group', 'group')

/** A note like the expected one is there. */
export const toHaveRecordedNote: (recorded: Recorded, expected: Expected<RecordedNote>) => MatcherResult =
  matcher<RecordedNote>('note', 'note')

/**
 * Matchers for Vitest and Jest.
 *
 * @example
 * expect.extend(telemetryMatchers)
 * expect(exporter).toHaveRecorded({ ending: 'failed', error: { kind: 'rate-limit' }, attempts: (all) => all.length === 3 })
 */
export const telemetryMatchers: {
  readonly toHaveRecorded: typeof toHaveRecorded
  readonly toHaveRecordedGroup: typeof toHaveRecordedGroup
  readonly toHaveRecordedNote: typeof toHaveRecordedNote
} = { toHaveRecorded, toHaveRecordedGroup, toHaveRecordedNote }
