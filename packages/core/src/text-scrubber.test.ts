import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { textScrubber } from './text-scrubber.ts'

const scrub = textScrubber({ patterns: [/\bACME-\d{6}\b/] })

const alphanumeric = (length: number) =>
  fc.string({
    unit: fc.constantFrom(...'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789'),
    minLength: length,
    maxLength: length,
  })

/** Adds the digit that makes the checksum right. */
const withChecksum = (digits: string): string => {
  let sum = 0
  for (const [index, digit] of [...digits].reverse().entries()) {
    const value = Number(digit) * (index % 2 === 0 ? 2 : 1)
    sum += value > 9 ? value - 9 : value
  }
  return `${digits}${(10 - (sum % 10)) % 10}`
}

const digits = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: length, maxLength: length })

/** Secrets of every known kind. */
const secrets = fc.oneof(
  alphanumeric(24).map((rest) => `sk-proj-${rest}`),
  alphanumeric(32).map((rest) => `sk-ant-api03-${rest}`),
  alphanumeric(33).map((rest) => `AIza5${rest}`),
  alphanumeric(30).map((rest) => `gsk_7${rest}`),
  alphanumeric(36).map((rest) => `ghp_1${rest}`),
  alphanumeric(24).map((rest) => `Bearer ${rest}`),
  alphanumeric(8).map((name) => `${name}.surname@mail.example.com`),
  fc
    .tuple(fc.constantFrom('4', '51', '37'), digits(13))
    .map(([issuer, rest]) => withChecksum((issuer + rest).slice(0, 15))),
  digits(14).map((rest) => withChecksum(`4${rest}`).replaceAll(/(\d{4})(?=\d)/g, '$1 ')),
  digits(6).map((rest) => `ACME-${rest}`),
)

const base64 = (text: string) => Buffer.from(text).toString('base64')
const encoded: readonly (readonly [string, (text: string) => string])[] = [
  ['raw', (text) => text],
  ['base64', base64],
  ['base64 for URLs', (text) => Buffer.from(text).toString('base64url')],
  ['base64 within a longer text', (text) => base64(`{"user":"x","key":"${text}"} and more`)],
  ['base64 behind other words', (text) => `files/a_b/${base64(`${text} `)}`],
  [
    'base64 in lines',
    (text) => base64(`${'some text '.repeat(12)} ${text} ${'and more '.repeat(12)}`).replaceAll(/.{76}/g, '$&\r\n'),
  ],
  ['URL-encoded', encodeURIComponent],
  [
    'URL-encoded to the last character',
    (text) => [...Buffer.from(text)].map((byte) => `%${byte.toString(16)}`).join(''),
  ],
  ['as a form', (text) => new URLSearchParams({ q: text, page: '1' }).toString()],
  ['URL-encoded base64', (text) => encodeURIComponent(base64(text))],
  ['base64 of URL-encoded', (text) => base64(encodeURIComponent(text))],
]

describe('what must not leave the process', () => {
  for (const [name, encode] of encoded) {
    test(`is taken out ${name}`, () => {
      fc.assert(
        fc.property(secrets, fc.lorem({ maxCount: 4 }), (secret, words) => {
          const planted = encode(secret)
          const clean = scrub(`${words} ${planted} ${words}`)
          for (const form of new Set([secret, planted, base64(secret)])) expect(clean).not.toContain(form)
          expect(clean).toContain('[redacted]')
          expect(clean.startsWith(words)).toBe(true)
        }),
        { numRuns: 300 },
      )
    })
  }

  test('what is scrubbed stays so', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(secrets, fc.lorem()), { maxLength: 6 }), (parts) => {
        const clean = scrub(parts.join(' '))
        expect(scrub(clean)).toBe(clean)
      }),
    )
  })
})

describe('what is no secret stays', () => {
  test('prose, code, ids and numbers', () => {
    const innocent = [
      'The quick brown fox jumps over the lazy dog; 12345 times, on 2026-11-22T10:00:00.000Z.',
      'node_modules/.pnpm/@opentelemetry+api@1.9.0/node_modules/@opentelemetry/api/build/src/index.js',
      'a call 0af7651916cd43dd8448eb211c80319c of chatcmpl-CJ8mYz2u0r9dJ2kV4p3s took 1790000000000 ns',
      'V1StGXR8_Z5jdHi6B-myT req_011CSHoEeqs5C35K2UUqR7Fy 4111111111111112',
      'const total = items.reduce((sum, { price }) => sum + price, 0) // 100% of it',
    ]
    for (const text of innocent) expect(scrub(text)).toBe(text)
  })

  test('UUIDs, hex and digits of any value, but for what is a card', () => {
    const stays = (id: string): void => {
      expect(scrub(id)).toBe(id)
    }
    fc.assert(fc.property(fc.uuid(), stays), { numRuns: 2000 })
    const hex = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 32, maxLength: 32 })
    fc.assert(fc.property(hex, stays), { numRuns: 2000 })
  })

  test('addresses and cards, where they are wanted', () => {
    const own = textScrubber({ emails: false, cards: false })
    expect(own('a@b.example 4111111111111111 sk-proj-abcdefgh')).toBe('a@b.example 4111111111111111 [redacted]')
  })
})

test('a text of any form takes time by its length', () => {
  const nasty = [
    '%'.repeat(200_000),
    'a'.repeat(200_000),
    `${'a'.repeat(100_000)}%4`,
    'a@'.repeat(100_000),
    '4'.repeat(200_000),
    '4 '.repeat(100_000),
    'A.'.repeat(100_000),
  ]
  for (const text of nasty) {
    const startedAt = performance.now()
    scrub(text)
    expect(performance.now() - startedAt, text.slice(0, 4)).toBeLessThan(1500)
  }
})
