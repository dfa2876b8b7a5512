import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cutToBytes } from './cut-to-bytes.ts'

const bytes = (text: string): number => Buffer.byteLength(text, 'utf8')
const texts = fc.string({ unit: fc.constantFrom('a', 'ß', '€', '🧅', '\n', '漢'), maxLength: 60 })

test('what is short enough stays, what is cut is no longer than asked for and as long as it can be', () => {
  fc.assert(
    fc.property(texts, fc.integer({ min: 3, max: 120 }), (text, max) => {
      const cut = cutToBytes(text, max)
      if (bytes(text) <= max) {
        expect(cut).toBe(text)
        return
      }
      expect(bytes(cut)).toBeLessThanOrEqual(max)
      expect(cut.endsWith('…')).toBe(true)
      expect(text.startsWith(cut.slice(0, -1))).toBe(true)
      expect(bytes(cut)).toBeGreaterThan(max - 4) // the longest character has four bytes
    }),
    { numRuns: 2000 },
  )
})

test('no character is ever split', () => {
  fc.assert(
    fc.property(texts, fc.integer({ min: 3, max: 120 }), (text, max) => {
      expect(cutToBytes(text, max).isWellFormed()).toBe(true)
    }),
  )
})
