import { describe, expect, it } from 'vitest'
import { durationMs, retryAfterMs } from './retry-after.ts'

const NOW = Date.parse('2026-11-22T10:00:00Z')
const wait = (headers: Record<string, string>, message?: string): number | undefined =>
  retryAfterMs({ headers: new Headers(headers), nowEpochMs: NOW, ...(message !== undefined && { message }) })

describe('headers', () => {
  it.each<[Record<string, string>, number | undefined]>([
    [{ 'retry-after': '2' }, 2_000],
    [{ 'retry-after': '0.5' }, 500],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': 'Sun, 22 Nov 2026 10:00:30 GMT' }, 30_000],
    [{ 'retry-after': 'Sun, 22 Nov 2026 09:00:00 GMT' }, 0],
    [{ 'retry-after-ms': '1250' }, 1_250],
    [{ 'retry-after-ms': '1250', 'retry-after': '9' }, 1_250],
    [{ 'retry-after': '-3' }, undefined],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': '' }, undefined],
    [{}, undefined],
  ])('%j → %s', (headers, expected) => {
    expect(wait(headers)).toBe(expected)
  })
})

describe('rate-limit resets', () => {
  it.each<[Record<string, string>, number | undefined]>([
    [{ 'x-ratelimit-reset-requests': '1m30s' }, 90_000],
    [{ 'x-ratelimit-reset-requests': '20ms', 'x-ratelimit-reset-tokens': '6m0s' }, 360_000],
    [
      {
        'x-ratelimit-reset-requests': '20ms',
        'x-ratelimit-remaining-requests': '0',
        'x-ratelimit-reset-tokens': '6m0s',
        'x-ratelimit-remaining-tokens': '90',
      },
      20,
    ],
    [
      { 'anthropic-ratelimit-requests-reset': '2026-11-22T10:00:05Z', 'anthropic-ratelimit-requests-remaining': '0' },
      5_000,
    ],
    [
      {
        'anthropic-ratelimit-requests-reset': '2026-11-22T10:00:05Z',
        'anthropic-ratelimit-requests-remaining': '9',
        'anthropic-ratelimit-tokens-reset': '2026-11-22T10:01:00Z',
        'anthropic-ratelimit-tokens-remaining': '0',
      },
      60_000,
    ],
    [{ 'ratelimit-reset': '7', 'ratelimit-remaining': '0' }, 7_000],
    [{ 'x-ratelimit-reset': String(NOW / 1_000 + 4) }, 4_000],
    [{ 'x-ratelimit-reset': String(NOW + 2_500) }, 2_500],
    [{ 'x-ratelimit-remaining-requests': '0' }, undefined],
  ])('%j → %s', (headers, expected) => {
    expect(wait(headers)).toBe(expected)
  })

  it('come after what is said outright', () => {
    expect(wait({ 'x-ratelimit-reset-tokens': '6m0s', 'retry-after': '1' })).toBe(1_000)
    expect(wait({ 'x-ratelimit-reset-tokens': '6m0s' }, 'Please try again in 3s.')).toBe(3_000)
  })
})

describe('messages', () => {
  it.each<[string, number | undefined]>([
    ['Rate limit reached. Please try again in 1.2s. Visit the page.', 1_200],
    ['try again in 20ms', 20],
    ['Please try again in 6m0s.', 360_000],
    ['Please try again in 1h2m3.5s.', 3_723_500],
    ['Please retry in 38.60s.', 38_600],
    ['Please retry after 26 seconds.', 26_000],
    ['Try again in 2 minutes', 120_000],
    ['retry your request after 1 minute 30 seconds', 90_000],
    ['wait for 5 s', 5_000],
    ['Please try again later.', undefined],
    ['You sent 20 tokens in 3 messages', undefined],
  ])('%s → %s', (message, expected) => {
    expect(wait({}, message)).toBe(expected)
  })
})

it('durationMs refuses what is none', () => {
  expect(durationMs('')).toBeUndefined()
  expect(durationMs('5')).toBeUndefined()
  expect(durationMs('5x')).toBeUndefined()
  expect(durationMs('1d')).toBe(86_400_000)
})
