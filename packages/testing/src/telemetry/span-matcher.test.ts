import { expect, test } from 'vitest'
import type { Expected } from './expected.ts'
import { telemetryMatchers } from './matchers.ts'
import { type SpanLike, type SpanView, toHaveSpan } from './span-matcher.ts'

expect.extend({ ...telemetryMatchers })

declare module 'vitest' {
  interface Assertion {
    toHaveSpan(expected: Expected<SpanView>): void
  }
}

const span = (name: string, more: Partial<SpanLike> = {}): SpanLike => ({
  name,
  kind: 2,
  attributes: { 'gen_ai.request.model': 'gpt-4o', 'gen_ai.usage.output_tokens': 3 },
  status: { code: 0 },
  duration: [1, 500_000_000],
  events: [],
  links: [],
  spanContext: () => ({ traceId: 'a'.repeat(32), spanId: `${name.length}`.padStart(16, '0') }),
  ...more,
})

const spans = [
  span('chat gpt-4o'),
  span('attempt gpt-4o', {
    kind: 0,
    status: { code: 2, message: 'busy' },
    parentSpanContext: { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) },
    events: [{ name: 'exception', attributes: { 'exception.type': 'Error' } }],
    links: [{ context: { traceId: 'c'.repeat(32), spanId: 'd'.repeat(16) } }],
  }),
  span('older', { parentSpanId: 'e'.repeat(16) }),
]

test('a span is found by what is said of it', () => {
  expect(spans).toHaveSpan({ name: 'chat gpt-4o', kind: 2, parentSpanId: undefined, durationMs: 1500 })
  expect({ getFinishedSpans: () => spans }).toHaveSpan({ attributes: { 'gen_ai.usage.output_tokens': 3 } })
  expect(spans).toHaveSpan({
    status: { code: 2, message: expect.stringContaining('bus') },
    parentSpanId: 'b'.repeat(16),
    events: [{ name: 'exception', attributes: { 'exception.type': 'Error' } }],
    links: [{ traceId: 'c'.repeat(32), spanId: 'd'.repeat(16) }],
  })
  expect(spans).toHaveSpan({ name: 'older', parentSpanId: 'e'.repeat(16) })
  expect(spans).toHaveSpan({ attributes: (all) => Object.keys(all).length === 2 })
})

test('one that is otherwise in any field is none', () => {
  const others: readonly Expected<SpanView>[] = [
    { name: 'chat' },
    { kind: 3 },
    { attributes: { 'gen_ai.usage.output_tokens': 4 } },
    { attributes: { 'gen_ai.usage.input_tokens': 3 } },
    { status: { code: 1 } },
    { traceId: 'b'.repeat(32) },
    { spanId: 'a'.repeat(16) },
    { parentSpanId: 'a'.repeat(16) },
    { durationMs: 1501 },
    { events: [{ name: 'other' }] as never },
    { links: [{ traceId: 'c'.repeat(32), spanId: 'c'.repeat(16) }] },
    // both hold, of two spans
    { name: 'chat gpt-4o', kind: 0 },
  ]
  for (const expected of others) {
    expect(toHaveSpan(spans, expected).pass, JSON.stringify(expected)).toBe(false)
    expect(spans).not.toHaveSpan(expected)
  }
  expect(toHaveSpan([], {}).pass).toBe(false)
})

test('what is told helps', () => {
  expect(() =>
    expect(spans).toHaveSpan({ name: 'chat gpt-4o', attributes: { 'gen_ai.usage.output_tokens': 4 } }),
  ).toThrow('there are 3, in chat gpt-4o attributes.gen_ai.usage.output_tokens is 3')
  expect(() => expect([]).toHaveSpan({ name: 'chat' })).toThrow('there is no span like {"name":"chat"}; there are 0')
  expect(() => expect(spans).not.toHaveSpan({ name: 'chat gpt-4o' })).toThrow('there is a span like')
})
