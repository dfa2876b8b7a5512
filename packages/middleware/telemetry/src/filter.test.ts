import { type CallRecord, OptionError } from '@cepa/core'
import { describe, expect, test } from 'vitest'
import { compileFilter, type RecordFilter } from './filter.ts'

const record = {
  provider: 'openai',
  model: 'gpt-4.1-mini',
  ending: 'failed',
  error: { name: 'ProviderError', message: '', kind: 'rate-limit' },
  durations: { totalMs: 1200, providerMs: 1200, consumerMs: 0 },
  attributes: { tenant: 'acme', 'app.version': '2' },
  attempts: [],
} as object as CallRecord

describe('a filter by fields', () => {
  const passes: readonly (readonly [RecordFilter, boolean])[] = [
    [{}, true],
    [{ provider: 'openai' }, true],
    [{ provider: 'anthropic' }, false],
    [{ ending: ['failed', 'aborted'] }, true],
    [{ ending: [] }, false],
    [{ 'durations.totalMs': { min: 1000 } }, true],
    [{ 'durations.totalMs': { min: 1000, max: 1100 } }, false],
    [{ 'attributes.tenant': 'acme', 'error.kind': 'rate-limit' }, true],
    [{ 'attributes.app.version': '2' }, true],
    [{ 'attributes.tenant': { not: 'acme' } }, false],
    [{ 'attributes.user': { not: ['a', 'b'] } }, true],
    [{ model: { matches: '^gpt-4' } }, true],
    [{ model: { matches: 'claude' } }, false],
    [{ 'cost.usd': { exists: false } }, true],
    [{ 'error.kind': { exists: true } }, true],
    [{ 'cost.usd': { min: 0 } }, false],
    [{ 'error.toString': { exists: true } }, false],
    [({ attempts }) => attempts.length === 0, true],
  ]
  test.each(passes)('%j → %s', (filter, expected) => {
    expect(compileFilter(filter)?.(record)).toBe(expected)
  })

  test('is absent where none is given', () => {
    expect(compileFilter(undefined)).toBeUndefined()
  })

  const wrong: readonly (readonly [string, unknown])[] = [
    ['an unknown test', { ending: { like: 'a' } }],
    ['a bound that is no number', { 'durations.totalMs': { min: '5' } }],
    ['a pattern that is none', { model: { matches: '(' } }],
    ['nothing', { model: null }],
  ]
  test.each(wrong)('refuses %s', (_, filter) => {
    expect(() => compileFilter(filter as RecordFilter)).toThrow(OptionError)
  })
})
