import type { CallRecord, GroupRecord, RecordedNote, TelemetryItem } from '@cepa/core'
import { type Expected, type MatcherResult, mismatch, shown } from './expected.ts'
import { toHaveSpan } from './span-matcher.ts'

/** Where matchers look: an exporter of {@link memoryExporter}, or what it has. */
export type Recorded =
  | { readonly items: readonly TelemetryItem[] }
  | readonly (CallRecord | GroupRecord | RecordedNote)[]

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
 * expect(spans.getFinishedSpans()).toHaveSpan({ name: 'chat gpt-4o', attributes: { 'gen_ai.usage.output_tokens': 3 } })
 */
export const telemetryMatchers: {
  readonly toHaveRecorded: typeof toHaveRecorded
  readonly toHaveRecordedGroup: typeof toHaveRecordedGroup
  readonly toHaveRecordedNote: typeof toHaveRecordedNote
  readonly toHaveSpan: typeof toHaveSpan
} = { toHaveRecorded, toHaveRecordedGroup, toHaveRecordedNote, toHaveSpan }
