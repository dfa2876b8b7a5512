import type { EventBody } from '@cepa/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeAnswer, encodeAnswer } from './answer-codec.ts'
import { decodeEvent, encodeEvent } from './event-codec.ts'
import { Unwritable } from './write-json.ts'

const PLAIN = { noNullPrototype: true } as const
const anyText = fc.string({ unit: 'binary' })
/** Any data, with bytes and with names that begin with the mark of bytes. */
const data = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    anyText,
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array(),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(anyText, fc.constantFrom('$bytes', '$$bytes', '$', '__proto__')), tie('value'), {
      maxKeys: 4,
      noNullPrototype: true,
    }),
  ),
})).value
const usage = fc.record(
  { inputTokens: fc.nat(), outputTokens: fc.nat(), source: fc.constantFrom('provider', 'estimate') },
  { requiredKeys: ['source'], noNullPrototype: true },
)
const body = fc.oneof(
  fc.record(
    { type: fc.constant('text'), text: anyText, choice: fc.nat(3) },
    { requiredKeys: ['type', 'text'], noNullPrototype: true },
  ),
  fc.record(
    { type: fc.constant('reasoning'), text: anyText, signature: anyText },
    { requiredKeys: ['type', 'text'], noNullPrototype: true },
  ),
  fc.record({ type: fc.constant('tool-call-delta'), id: anyText, argumentsText: anyText }, PLAIN),
  fc.record({ type: fc.constant('tool-call'), id: anyText, name: anyText, arguments: data }, PLAIN),
  fc.record({ type: fc.constantFrom('source', 'file', 'raw'), value: data }, PLAIN),
  fc.record({ type: fc.constant('usage'), usage }, PLAIN),
) as fc.Arbitrary<EventBody>

const there = (event: EventBody, at = 0, since = 0): unknown =>
  decodeEvent(JSON.parse(encodeEvent({ ...event, at }, since)))

describe('an event', () => {
  test('comes back as it was', () => {
    fc.assert(
      fc.property(body, (event) => {
        expect(there(event)).toStrictEqual({ afterMs: 0, body: event })
      }),
      { numRuns: 2000 },
    )
  })

  test('has the time since the start, in hundredths', () => {
    expect(there({ type: 'text', text: 'a' }, 112.34567, 100)).toMatchObject({ afterMs: 12.35 })
    expect(there({ type: 'text', text: 'a' }, 90, 100)).toMatchObject({ afterMs: 0 })
  })

  test('of a tool call that was no JSON keeps its arguments undefined', () => {
    const event = { type: 'tool-call', id: '1', name: 'n', arguments: undefined, malformed: '{"a' } as const
    expect(there(event)).toStrictEqual({ afterMs: 0, body: event })
  })

  test.each([
    ['a date', new Date(0)],
    ['a function', () => 1],
    ['NaN', [Number.NaN]],
    ['a bigint', { a: 1n }],
    ['a map', new Map()],
  ])('with %s in it is refused, because it would come back as something else', (_what, value) => {
    expect(() => encodeEvent({ type: 'raw', value, at: 0 }, 0)).toThrow(Unwritable)
  })
})

describe('an answer', () => {
  const end = encodeEvent({ type: 'end', finish: 'stop', at: 0 }, 0)

  test('comes back with what is known of it', () => {
    const purchase = { usage: { inputTokens: 3, source: 'provider' }, costUsd: 0.25, durationMs: 12.5 } as const
    const entry = encodeAnswer(purchase, [encodeEvent({ type: 'text', text: 'ä', at: 1 }, 0), end], 77)
    expect(entry.storedAt).toBe(77)
    expect(decodeAnswer(entry)).toEqual({
      ...purchase,
      storedAt: 77,
      events: [
        { afterMs: 1, body: { type: 'text', text: 'ä' } },
        { afterMs: 0, body: { type: 'end', finish: 'stop' } },
      ],
    })
  })

  test('of another version is as good as none', () => {
    const entry = encodeAnswer({ durationMs: 1 }, [end], 0)
    expect(decodeAnswer({ ...entry, metadata: { ...entry.metadata, format: 2 } })).toBeUndefined()
  })

  test('that is damaged is an error, wherever it is cut or changed', () => {
    const entry = encodeAnswer({ durationMs: 1 }, [encodeEvent({ type: 'text', text: 'abc', at: 0 }, 0), end], 0)
    for (let cut = 0; cut < entry.value.byteLength; cut++) {
      expect(() => decodeAnswer({ ...entry, value: entry.value.subarray(0, cut) })).toThrow()
    }
    const empty = encodeAnswer({ durationMs: 1 }, [], 0)
    expect(() => decodeAnswer(empty)).toThrow('without its end')
    expect(() => decodeAnswer(encodeAnswer({ durationMs: 1 }, ['[1,5]', end], 0))).toThrow('without its type')
    expect(() => decodeAnswer(encodeAnswer({ durationMs: 1 }, ['["a","b"]', end], 0))).toThrow('without its time')
    expect(() => decodeAnswer({ ...entry, value: Uint8Array.of(0xff, 0xfe) })).toThrow()
  })
})
