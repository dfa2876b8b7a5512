import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sseParser } from './sse.ts'
import type { WireMessage, WireParser } from './wire.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

const parse = (parser: WireParser, chunks: readonly Uint8Array[]): WireMessage[] => {
  const messages: WireMessage[] = []
  for (const chunk of chunks) parser.push(chunk, (message) => messages.push(message))
  parser.end((message) => messages.push(message))
  return messages
}

const parseText = (text: string): WireMessage[] => parse(sseParser({ provider: 'toy' }), [bytes(text)])

const cutAt = (whole: Uint8Array, cuts: readonly number[]): Uint8Array[] => {
  const places = [0, ...[...cuts].sort((a, b) => a - b), whole.length]
  return places.slice(1).map((place, index) => whole.subarray(places[index], place))
}

describe('what an event stream may look like', () => {
  const cases: readonly (readonly [string, string, readonly object[]])[] = [
    ['LF', 'data: a\n\ndata: b\n\n', [{ text: 'a' }, { text: 'b' }]],
    ['CR', 'data: a\r\rdata: b\r\r', [{ text: 'a' }, { text: 'b' }]],
    ['CRLF', 'data: a\r\n\r\ndata: b\r\n\r\n', [{ text: 'a' }, { text: 'b' }]],
    ['mixed terminators', 'data: a\r\n\ndata: b\n\r\n', [{ text: 'a' }, { text: 'b' }]],
    ['a byte order mark', '\ufeffdata: a\n\n', [{ text: 'a' }]],
    ['comments and keep-alives', ': keep-alive\n\n:\n\ndata: a\n: in between\n\n', [{ text: 'a' }]],
    ['padding', `: ${' '.repeat(4_096)}\n\ndata: a\n\n`, [{ text: 'a' }]],
    ['several data lines', 'data: {\ndata: "a": 1}\n\n', [{ text: '{\n"a": 1}' }]],
    ['unknown fields', 'foo: bar\nretry: soon\ndata: a\nbaz\n\n', [{ text: 'a' }]],
    ['named events', 'event: delta\ndata: a\n\n', [{ event: 'delta', text: 'a' }]],
    ['no space after the colon', 'data:a\n\n', [{ text: 'a' }]],
    ['only the first space is taken', 'data:  a\n\n', [{ text: ' a' }]],
    ['ids', 'id: 7\ndata: a\n\n', [{ text: 'a' }]],
    ['events without data', 'event: ping\n\ndata\n\ndata:\n\ndata: a\n\n', [{ text: 'a' }]],
    ['no blank line at the end', 'data: a\n\ndata: b\n', [{ text: 'a' }, { text: 'b', tail: true }]],
    ['no newline at the end', 'data: a\n\ndata: b', [{ text: 'a' }, { text: 'b', tail: true }]],
    ['nothing', '', []],
  ]
  it.each(cases)('%s', (_name, text, messages) => {
    expect(parseText(text)).toEqual(messages)
  })
})

describe('cuts', () => {
  const fragment = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => `data: ${text.replace(/[\r\n]/g, '')}`),
    fc.constantFrom(
      ': comment',
      'event: x',
      'event:',
      'id: 1',
      'unknown: y',
      'data',
      'data:no space',
      'data: 🧅 ünï',
      ':',
      'retry: 5',
    ),
  )
  const stream = fc
    .array(fc.tuple(fragment, fc.constantFrom('\n', '\r', '\r\n', '\n\n', '\r\n\r\n', '\r\r')), { maxLength: 12 })
    .map((lines) => bytes(lines.map(([line, end]) => line + end).join('')))

  it('any cut into network chunks gives the same messages', () => {
    const property = fc.property(stream, fc.array(fc.nat(), { maxLength: 8 }), fc.boolean(), (whole, places, mark) => {
      const marked = mark ? new Uint8Array([0xef, 0xbb, 0xbf, ...whole]) : whole
      const cuts = places.map((place) => place % (marked.length + 1))
      const expected = parse(sseParser({ provider: 'toy' }), [whole])
      expect(parse(sseParser({ provider: 'toy' }), cutAt(marked, cuts))).toEqual(expected)
    })
    fc.assert(property, { numRuns: 500 })
  })

  it('byte by byte', () => {
    const text = '\ufeffdata: 🧅\r\ndata: zwei\r\n\r\nevent: e\rdata: ü\r\r: c\n\ndata: last\n\n'
    const whole = bytes(text)
    expect(
      parse(
        sseParser({ provider: 'toy' }),
        Array.from(whole, (byte) => new Uint8Array([byte])),
      ),
    ).toEqual(parseText(text))
  })
})

describe('limits', () => {
  const event = (length: number): Uint8Array => bytes(`data: ${'x'.repeat(length)}\n\n`)
  const inPieces = (whole: Uint8Array, pieceBytes: number): Uint8Array[] =>
    Array.from({ length: Math.ceil(whole.length / pieceBytes) }, (_, index) =>
      whole.subarray(index * pieceBytes, (index + 1) * pieceBytes),
    )

  it('takes one event of 10 MB', () => {
    const [message] = parse(sseParser({ provider: 'toy' }), inPieces(event(10_000_000), 16_384))
    expect(message?.text.length).toBe(10_000_000)
  })

  it.each([1, 1_000, 65_536, 10_000_000])(
    'refuses what is larger than maxEventBytes, in pieces of %i',
    (pieceBytes) => {
      const limit = 100_000
      const whole = event(pieceBytes === 1 ? limit + 20 : 1_000_000)
      const parser = sseParser({ provider: 'toy', maxEventBytes: limit })
      const failing = (): unknown => parse(parser, inPieces(whole, pieceBytes))
      expect(failing).toThrow(/toy sent an event larger than maxEventBytes \(100000\); raise that option/)
    },
  )

  it('counts bytes, not characters', () => {
    const parser = sseParser({ provider: 'toy', maxEventBytes: 30 })
    expect(() => parse(parser, [bytes(`data: ${'ü'.repeat(16)}\n\n`)])).toThrow(/larger than maxEventBytes/)
    expect(
      parse(sseParser({ provider: 'toy', maxEventBytes: 32 }), [bytes(`data: ${'ü'.repeat(16)}\n\n`)]),
    ).toHaveLength(1)
  })

  it('does not buffer lines that are no fields', () => {
    const parser = sseParser({ provider: 'toy', maxEventBytes: 1_000 })
    const comment = inPieces(bytes(`: ${'x'.repeat(100_000)}\n\n`), 500)
    expect(parse(parser, [...comment, bytes('data: a\n\n')])).toEqual([{ text: 'a' }])
  })
})
