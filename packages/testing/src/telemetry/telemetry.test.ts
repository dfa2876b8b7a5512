import type { CallRecord, TelemetryItem } from '@cepa/core'
import { describe, expect, test } from 'vitest'
import type { MatcherResult } from './expected.ts'
import { telemetryFindings } from './findings.ts'
import { goldenRecords } from './golden.ts'
import { telemetryMatchers, toHaveRecorded, toHaveRecordedGroup, toHaveRecordedNote } from './matchers.ts'
import { memoryExporter } from './memory-exporter.ts'
import { fullRecord, sampleItems, sampleRecord } from './sample-items.ts'

const context = { signal: new AbortController().signal, attempt: 1 }
const items = (['call', 'group', 'note'] as const).flatMap((type) => sampleItems(type, 0))

describe('the memory exporter', () => {
  test('keeps what it is given, by kind', async () => {
    const exporter = memoryExporter()
    expect(() => exporter.last).toThrow('has no record yet')
    expect(await exporter.export([...items, ...sampleItems('loss', 0)], context)).toEqual({ ok: true })
    expect(exporter.records).toHaveLength(6)
    expect([exporter.groups.length, exporter.notes.length, exporter.losses.length]).toEqual([1, 1, 1])
    expect(exporter.last.requestId).toBe('request-5')
    exporter.clear()
    expect(exporter.items).toEqual([])
  })

  test('does for once what it is told', async () => {
    const exporter = memoryExporter()
    const failure = { ok: false, error: new Error('x'), retry: true } as const
    exporter.next(failure)
    exporter.next(new Error('thrown'))
    exporter.next({ ok: true, rejected: 2 })
    expect(await exporter.export(items, context)).toBe(failure)
    expect(() => exporter.export(items, context)).toThrow('thrown')
    expect(await exporter.export(items, context)).toEqual({ ok: true, rejected: 2 })
    expect(exporter.items).toHaveLength(items.length - 2)
  })

  test('keeps no more than it may, the newest', async () => {
    const exporter = memoryExporter({ maxItems: 3 })
    await exporter.export(items, context)
    expect(exporter.items).toEqual(items.slice(-3))
  })
})

interface Matchers {
  toHaveRecorded(expected: unknown): void
  toHaveRecordedNote(expected: unknown): void
}

describe('the matchers', () => {
  test('find what is like the expected one, and say what is not', () => {
    const recorded = { items }
    const passes: readonly (readonly [MatcherResult, boolean])[] = [
      [toHaveRecorded(recorded, { ending: 'failed' }), true],
      [toHaveRecorded(recorded, { error: { name: 'TypeError' }, attempts: [] }), true],
      [toHaveRecorded(recorded, { attempts: (all) => all.length === 2 }), true],
      [toHaveRecorded(recorded, { durations: { gaps: { count: 10 } } }), true],
      [toHaveRecorded(recorded, { attempts: [{ index: 0 } as never] }), false],
      [toHaveRecorded(recorded, { provider: 'nobody' }), false],
      [toHaveRecorded(recorded, { model: expect.stringContaining('kit') }), true],
      [toHaveRecorded([sampleRecord(1)], { id: sampleRecord(1).id }), true],
      [toHaveRecordedGroup(recorded, { calls: 3, endings: { failed: 1 } }), true],
      [toHaveRecordedGroup(recorded, { calls: 4 }), false],
      [toHaveRecordedNote(recorded, { name: 'attempt-start' }), true],
      [toHaveRecordedNote(recorded, { name: 'retry' }), false],
    ]
    for (const [{ pass, message }, expected] of passes) expect(pass, message()).toBe(expected)
    expect(toHaveRecorded(recorded, { provider: 'nobody' }).message()).toBe(
      'no record was recorded like {"provider":"nobody"}; there are 6, in the last provider is "openai"',
    )
  })

  test('stand in a test runner', () => {
    expect.extend(telemetryMatchers)
    const exporter = memoryExporter()
    exporter.export(items, context)
    ;(expect(exporter) as unknown as Matchers).toHaveRecorded({ ending: 'done' })
    expect(() => (expect(exporter) as unknown as Matchers).toHaveRecordedNote({ name: 'x' })).toThrow(
      'no note was recorded',
    )
  })
})

test('golden records are the same in every run', () => {
  const shift = (record: CallRecord, by: string): CallRecord =>
    JSON.parse(
      JSON.stringify({ ...record, startedAtMs: record.startedAtMs + 5 }).replaceAll(
        /0{8,}(?=[-\d])/g,
        (zeros) => zeros.slice(4) + by,
      ),
    ) as CallRecord
  const records = [fullRecord(1), sampleRecord(2)]
  expect(goldenRecords(records.map((record) => shift(record, '0001')))).toEqual(
    goldenRecords(records.map((record) => shift(record, '0007'))),
  )
  expect(goldenRecords([sampleRecord(1)])[0]).toMatchObject({
    id: '(id 1)',
    startedAtMs: 0,
    trace: { spanId: expect.stringMatching(/^\(span \d\)$/), traceId: expect.stringMatching(/^\(trace \d\)$/) },
  })
})

describe('findings', () => {
  const call = (more: Partial<CallRecord>): TelemetryItem => ({ type: 'call', record: sampleRecord(1, more) })
  const attempt = { index: 0, provider: 'p', model: 'm', startMs: 0, durationMs: 5, ending: 'done', won: true } as const
  const note = sampleItems('note', 1)[0] as TelemetryItem & { type: 'note' }
  const group = sampleItems('group', 1)[0] as TelemetryItem & { type: 'group' }

  const wrong: readonly (readonly [string, readonly TelemetryItem[], string])[] = [
    ['an id twice', [call({}), call({})], 'have the id of another one'],
    ['a loss', sampleItems('loss', 1), 'lost'],
    ['times that do not add up', [call({ durations: { totalMs: 9, providerMs: 1, consumerMs: 1 } })], 'are not'],
    [
      'a first token after the end',
      [call({ durations: { totalMs: 1, providerMs: 1, consumerMs: 0, firstTokenMs: 5 } })],
      'first token',
    ],
    [
      'headers after the end',
      [call({ durations: { totalMs: 1, providerMs: 1, consumerMs: 0, headersMs: 5 } })],
      'headers',
    ],
    ['a failure without an error', [call({ ending: 'failed' })], 'without an error'],
    ['an error of a success', [call({ error: { name: 'E', message: '' } })], 'with an error'],
    ['two winners', [call({ attempts: [attempt, { ...attempt, index: 1 }] })], '2 attempts won'],
    ['no winner', [call({ attempts: [{ ...attempt, won: false }] })], 'no attempt won'],
    [
      'an attempt that runs',
      [call({ attempts: [{ index: 0, provider: 'p', model: 'm', startMs: 0, won: true }] })],
      'has not ended',
    ],
    ['an attempt before its call', [call({ attempts: [{ ...attempt, startMs: -5 }] })], 'began before'],
    ['bytes that do not add up', [call({ attempts: [{ ...attempt, bytesSent: 5 }] })], 'bytesSent'],
    ['a hit that cost', [call({ usage: { source: 'cache' }, spent: { source: 'provider' } })], 'a hit has spent'],
    ['a note of no call', [note], 'no record of its call'],
    ['a note with other ids', [call({}), { ...note, note: { ...note.note, spanId: 'x' } }], 'not those of its record'],
    ['attempts without notes', [call({ attempts: [attempt] }), note], '0 notes attempt-end for 1 attempts'],
    ['a group that counts otherwise', [group], 'calls is 3, its records have 0'],
    [
      'a call in another trace',
      [
        call({ groups: [{ id: group.group.id, name: 'g' }], trace: { traceId: 'x', spanId: 'y', sampled: true } }),
        group,
      ],
      'in another trace',
    ],
    ['a detached call of no call', [call({ detached: { reason: 'r', parentId: 'x' } })], 'no record of the call'],
    [
      'a detached call elsewhere',
      [
        call({}),
        { type: 'call', record: sampleRecord(2, { detached: { reason: 'r', parentId: sampleRecord(1).id } }) },
      ],
      'does not stand in the span',
    ],
  ]
  test.each(wrong)('tell of %s', (_, told, word) => {
    expect(telemetryFindings(told).join('\n')).toContain(word)
  })

  test('are none where all is well', () => {
    expect(
      telemetryFindings([
        call({ attempts: [] }),
        call({ id: 'other', durations: { totalMs: 2, providerMs: 1.5, consumerMs: 0.5 } }),
      ]),
    ).toEqual([])
  })
})
