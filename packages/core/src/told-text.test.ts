import fc from 'fast-check'
import { expect, test } from 'vitest'
import { textScrubber } from './text-scrubber.ts'
import { toldText } from './told-text.ts'

const scrub = textScrubber({ patterns: [/\bACME-\d{6}\b/] })

const secrets = [
  '4111111111111111',
  '5500 0055 5555 5559',
  'ACME-123456',
  'jane.doe.surname@mail.example.com',
  'sk-proj-abcdefghijklmnopqrstuvwx123456',
  Buffer.from('sk-proj-abcdefghijklmnopqrstuvwx123456').toString('base64'),
  encodeURIComponent('jane.doe.surname@mail.example.com'),
]

/** Whether so many characters in a row of a secret show. */
const shows = (told: string, secret: string, length: number): boolean =>
  Array.from({ length: secret.length - length + 1 }, (_, at) => secret.slice(at, at + length)).some((part) =>
    told.includes(part),
  )

test('no part of a secret shows where the text is cut', () => {
  const arbitrary = {
    secret: fc.constantFrom(...secrets),
    before: fc.nat({ max: 60 }),
    bytes: fc.constantFrom(200, 1000),
  }
  fc.assert(
    fc.property(fc.record(arbitrary), ({ secret, before, bytes }) => {
      const told = toldText(`${'x'.repeat(bytes - before - 1)} ${secret} and more words`, bytes, scrub)
      expect(shows(told, secret, 6)).toBe(false)
    }),
    { numRuns: 1000 },
  )
})

test('nor where the look at a long text ends, however much of it was taken out', () => {
  const blob = Buffer.from(`key sk-proj-abcdefghijklmnopqrstuvwx123456 ${'and words '.repeat(380)}`).toString('base64')
  const filler = `${blob} ${blob} ${blob} `
  expect(filler.length).toBeGreaterThan(15_000)
  for (const secret of secrets) {
    for (let over = 1; over < secret.length; over++) {
      const before = filler + 'y '.repeat(16_384).slice(filler.length, 16_384 - over)
      const told = toldText(`${before} ${secret} ${'more '.repeat(5000)}`, 1_000_000, scrub)
      expect(shows(told, secret, 6), `${secret}, ${over} of it beyond`).toBe(false)
    }
  }
})

test('what is short stays, what is long ends with an ellipsis', () => {
  expect(toldText('Rate limit reached', 1000, scrub)).toBe('Rate limit reached')
  const told = toldText('word '.repeat(10_000), 1000, scrub)
  expect(Buffer.byteLength(told)).toBeLessThanOrEqual(1000)
  expect(told).toMatch(/^word word .*…$/)
  expect(toldText('word '.repeat(10_000), 1_000_000, scrub)).toMatch(/ …$/)
})
