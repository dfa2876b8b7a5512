import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ndjsonParser } from './ndjson.ts'
import type { WireMessage } from './wire.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

const parse = (chunks: readonly Uint8Array[], maxEventBytes?: number): WireMessage[] => {
  const parser = ndjsonParser({ provider: 'toy', ...(maxEventBytes !== undefined && { maxEventBytes }) })
  const messages: WireMessage[] = []
  for (const chunk of chunks) parser.push(chunk, (message) => messages.push(message))
  parser.end((message) => messages.push(message))
  return messages
}

describe('ndjsonParser', () => {
  it('tells a message per line, skips empty ones, and marks a last line without its newline', () => {
    expect(parse([bytes('\ufeff{"a":1}\r\n\n  \n{"b":2}\n{"c":')])).toEqual([
      { text: '{"a":1}' },
      { text: '{"b":2}' },
      { text: '{"c":', tail: true },
    ])
  })

  it('any cut into network chunks gives the same messages', () => {
    const lines = fc.array(
      fc.jsonValue().map((value) => JSON.stringify(value)),
      { maxLength: 8 },
    )
    const property = fc.property(
      lines,
      fc.constantFrom('\n', '\r\n'),
      fc.array(fc.nat(), { maxLength: 8 }),
      (values, end, places) => {
        const whole = bytes(values.map((value) => value + end).join(''))
        const cuts = [0, ...places.map((place) => place % (whole.length + 1)).sort((a, b) => a - b), whole.length]
        const chunks = cuts.slice(1).map((cut, index) => whole.subarray(cuts[index], cut))
        expect(parse(chunks).map((message) => JSON.parse(message.text))).toEqual(
          values.map((value) => JSON.parse(value)),
        )
      },
    )
    fc.assert(property, { numRuns: 300 })
  })

  it('takes a long line in pieces, and refuses one larger than maxEventBytes', () => {
    const pieces = Array.from({ length: 700 }, () => bytes('x'.repeat(16_384)))
    expect(parse([...pieces, bytes('\n')])[0]?.text.length).toBe(700 * 16_384)
    expect(() => parse(pieces, 1_000_000)).toThrow(/toy sent a line larger than maxEventBytes \(1000000\)/)
    expect(() => parse([bytes(`${'ü'.repeat(60)}\n`)], 100)).toThrow(/maxEventBytes/)
    expect(parse([bytes(`${'ü'.repeat(50)}\n`)], 100)).toHaveLength(1)
  })
})
