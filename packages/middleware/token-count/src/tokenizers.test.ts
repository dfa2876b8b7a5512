import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import { describe, expect, test } from 'vitest'
import { gptTokenizer } from './gpt-tokenizer.ts'
import { tokenxTokenizer } from './index.ts'
import { cutLongRuns } from './long-runs.ts'

const folder = new URL('../fixtures/', import.meta.url)
const texts = readdirSync(folder)
  .filter((name) => name.endsWith('.txt'))
  .map((name) => ({ name, text: readFileSync(new URL(name, folder), 'utf8') }))

const exact = gptTokenizer()

const errorOf = (text: string): number => tokenxTokenizer.count(text) / exact.count(text) - 1

const medianOf = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const half = sorted.length / 2
  return ((sorted[Math.ceil(half) - 1] as number) + (sorted[Math.floor(half)] as number)) / 2
}

describe('the estimate of tokenx against o200k_base', () => {
  test('is measured on 20 texts of at least 1 KB with their licence', () => {
    expect(texts).toHaveLength(20)
    for (const { text } of texts) expect(Buffer.byteLength(text)).toBeGreaterThanOrEqual(1024)
    expect(readFileSync(new URL('LICENSE.md', folder), 'utf8')).toContain('MIT licence')
  })

  test.each(['english', 'german', 'code', 'json', 'cjk'])('is within 15 % in the median for %s', (kind) => {
    const errors = texts.filter(({ name }) => name.startsWith(`${kind}-`)).map(({ text }) => Math.abs(errorOf(text)))
    expect(errors).toHaveLength(4)
    expect(medianOf(errors)).toBeLessThan(0.15)
  })

  test('is within 15 % in the median of all, and never far off', () => {
    const errors = texts.map(({ text }) => Math.abs(errorOf(text)))
    expect(medianOf(errors)).toBeLessThan(0.15)
    expect(Math.max(...errors)).toBeLessThan(0.35)
  })

  test('goes through a sample of a long text, and stays as close', () => {
    const long = texts.map(({ text }) => text.repeat(20)).join('\n')
    expect(long.length).toBeGreaterThan(400_000)
    const sampled = tokenxTokenizer.count(long)
    const whole = texts.reduce((sum, { text }) => sum + 20 * tokenxTokenizer.count(text), 0)
    expect(Math.abs(sampled / whole - 1)).toBeLessThan(0.05)
    const startedAt = performance.now()
    const huge = tokenxTokenizer.count(long.repeat(100))
    expect(performance.now() - startedAt).toBeLessThan(1_000)
    expect(Math.abs(huge / (100 * whole) - 1)).toBeLessThan(0.15)
  })

  test('is 0 for no text', () => {
    expect(tokenxTokenizer.count('')).toBe(0)
    expect(exact.count('')).toBe(0)
  })
})

describe('gptTokenizer', () => {
  test.each(texts.map(({ name, text }) => [name, text] as const))('counts %s as o200k_base does', (_, text) => {
    expect(exact.count(text)).toBe(countTokens(text))
  })

  test('takes what looks like a special token for text', () => {
    expect(exact.count('before <|endoftext|> after')).toBeGreaterThan(5)
  })

  test('is not held up by one long word', () => {
    const startedAt = performance.now()
    const tokens = exact.count('x'.repeat(200_000))
    expect(tokens).toBeGreaterThan(1_000)
    expect(performance.now() - startedAt).toBeLessThan(2_000)
  })
})

describe('cutLongRuns', () => {
  const kinds = fc.constantFrom('a', 'ß', '漢', '😀', ' ', '\n', '7', '{')
  const runs = fc.array(fc.tuple(kinds, fc.integer({ min: 1, max: 40 })), { maxLength: 20 })
  const textOf = (parts: readonly (readonly [string, number])[]): string =>
    parts.map(([character, times]) => character.repeat(times)).join('')

  test('loses nothing, parts no character and leaves no run that is longer', () => {
    fc.assert(
      fc.property(runs, fc.integer({ min: 2, max: 16 }), (parts, most) => {
        const text = textOf(parts)
        const pieces = cutLongRuns(text, most)
        expect(pieces.join('')).toBe(text)
        for (const piece of pieces) {
          expect(piece.isWellFormed()).toBe(true)
          for (const run of piece.match(/[a-zß漢😀]+|\s+|\{+/gu) ?? []) expect(run.length).toBeLessThanOrEqual(most + 1)
        }
      }),
    )
  })

  test('leaves ordinary text whole', () => {
    for (const { text, name } of texts) {
      if (!name.startsWith('cjk')) expect(cutLongRuns(text, 512)).toEqual([text])
    }
  })
})
