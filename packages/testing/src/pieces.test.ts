import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cutBytes } from './node/body-writer.ts'
import { wordsOf } from './plan.ts'
import { piecesOf } from './step-events.ts'

test('words and pieces of a text are the text', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 20 }), (text, count) => {
      expect(wordsOf(text).join('')).toBe(text)
      const pieces = piecesOf(text, count)
      expect(pieces.join('')).toBe(text)
      expect(pieces.length).toBeLessThanOrEqual(Math.max(1, Math.min(count, text.length)))
    }),
  )
})

test('cuts at any size or offsets lose nothing and make no empty write', () => {
  const cuts = fc.oneof(fc.integer({ min: 1, max: 50 }), fc.uniqueArray(fc.nat(100)))
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), cuts, fc.nat(50), (bytes, cut, from) => {
      const pieces = cutBytes(Buffer.from(bytes), cut, from)
      expect([...Buffer.concat(pieces)]).toEqual([...bytes])
      expect(pieces.every(({ length }) => length > 0)).toBe(true)
      if (typeof cut === 'number') expect(pieces.every(({ length }) => length <= cut)).toBe(true)
    }),
  )
})
