import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { OptionError } from './errors.ts'
import { parentTraceOf, parseTraceparent, traceparentOf } from './trace-context.ts'

const hex = (length: number) =>
  fc
    .string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length })
    .filter((id) => !/^0+$/.test(id))
const contexts = fc.record({ traceId: hex(32), spanId: hex(16), sampled: fc.boolean(), random: fc.boolean() })
const traceId = '0af7651916cd43dd8448eb211c80319c'
const spanId = 'b7ad6b7169203331'

describe('the header traceparent', () => {
  test('comes back as it was written', () => {
    fc.assert(
      fc.property(contexts, (context) => void expect(parseTraceparent(traceparentOf(context))).toEqual(context)),
    )
  })

  test('is read as the specification says', () => {
    expect(parseTraceparent(`00-${traceId}-${spanId}-01`)).toEqual({ traceId, spanId, sampled: true, random: false })
    expect(parseTraceparent(` 00-${traceId}-${spanId}-02 `)).toMatchObject({ sampled: false, random: true })
    // a later version may have more; ours has not
    expect(parseTraceparent(`cc-${traceId}-${spanId}-01-what-the-future-will-be-like`)).toMatchObject({ traceId })
    const invalid = [
      `00-${traceId}-${spanId}-01-more`,
      `ff-${traceId}-${spanId}-01`,
      `00-${'0'.repeat(32)}-${spanId}-01`,
      `00-${traceId}-${'0'.repeat(16)}-01`,
      `00-${traceId.toUpperCase()}-${spanId}-01`,
      `00-${traceId}-${spanId}`,
      `00-${traceId.slice(1)}-${spanId}-01`,
      '',
      'nonsense',
    ]
    for (const header of invalid) expect(parseTraceparent(header), header).toBeUndefined()
  })

  test('is total', () => {
    fc.assert(fc.property(fc.string(), (header) => void parseTraceparent(header)))
  })
})

describe('what a call is part of', () => {
  const trace = { traceId, spanId, sampled: true, random: false }

  test('is told in many ways', () => {
    const header = traceparentOf(trace)
    const ways = [
      { parent: trace },
      { parent: { trace } },
      { parent: { facts: { trace } } },
      { parent: { traceparent: header } },
      { parent: { spanContext: () => ({ traceId, spanId, traceFlags: 1 }) } },
      { headers: { Traceparent: header } },
    ]
    for (const caller of ways) expect(parentTraceOf(caller), JSON.stringify(caller)).toEqual(trace)
  })

  test('brings what travels with it', () => {
    const headers = { traceparent: traceparentOf(trace), tracestate: 'a=1', baggage: 'user=7' }
    const whole = { ...trace, traceState: 'a=1', baggage: 'user=7' }
    expect(parentTraceOf({ headers })).toEqual(whole)
    expect(parentTraceOf({ parent: headers })).toEqual(whole)
    const traceState = { serialize: () => 'a=1' }
    const span = { spanContext: () => ({ traceId, spanId, traceFlags: 0, traceState }) }
    expect(parentTraceOf({ parent: span })).toEqual({ ...trace, sampled: false, traceState: 'a=1' })
  })

  test('is nothing where there is nothing, or where it is not valid', () => {
    for (const caller of [
      {},
      { headers: { traceparent: 'nonsense' } },
      { parent: { facts: {} } },
      { parent: { traceId } },
    ])
      expect(parentTraceOf(caller)).toBeUndefined()
  })

  test('is refused where it can mean nothing', () => {
    for (const parent of ['some-id', 5, {}, { id: 'x' }]) expect(() => parentTraceOf({ parent })).toThrow(OptionError)
  })
})
