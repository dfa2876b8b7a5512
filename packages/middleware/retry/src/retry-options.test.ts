import { OptionError, pipeline } from '@cepa/core'
import { fakeProvider } from '@cepa/testing'
import { expect, test } from 'vitest'
import { type RetryOptions, retry } from './index.ts'

const messages = [{ role: 'user', content: 'Hi' }] as const

const DEFAULTS = {
  attempts: 3,
  minDelayMs: 500,
  maxDelayMs: 30_000,
  maxRetryAfterMs: 60_000,
  jitter: 'full',
  budget: { ratio: 0.2, minPerSecond: 1, burst: 20 },
}

test('explain tells the effective options as data, which make the same layer again', () => {
  const layerOf = (options?: RetryOptions) => pipeline(fakeProvider(), retry(options)).explain({ json: true }).layers[0]
  expect(layerOf()).toMatchObject({ name: 'retry', controls: true, traits: ['repeats'], data: DEFAULTS })
  const given: RetryOptions = { attempts: 5, budget: { ratio: 0.5 }, random: () => 0, retryOn: () => true }
  const data = { ...DEFAULTS, attempts: 5, budget: { ratio: 0.5, minPerSecond: 1, burst: 20 } }
  expect(layerOf(given)?.data).toEqual(data)
  expect(layerOf(JSON.parse(JSON.stringify(data)))?.data).toEqual(data)
  expect(layerOf({ budget: false })?.data).toEqual({ ...DEFAULTS, budget: false })
})

test.each([
  [{ attempts: 0 }, 'retry: option attempts is 0; it must be an integer of at least 1'],
  [{ attempts: '3' }, 'retry: option attempts is "3"; it must be an integer of at least 1'],
  [{ attempt: 3 }, 'did you mean attempts?'],
  [{ jitter: 'half' }, 'retry: option jitter is "half"; it must be one of "full", "none"'],
  [{ minDelayMs: 10, maxDelayMs: 5 }, 'retry: option minDelayMs is 10; it must be at most maxDelayMs, which is 5'],
  [{ budget: { ratio: 2 } }, 'retry: option budget.ratio is 2; it must be a number from 0 to 1'],
  [{ budget: { rate: 2 } }, 'it must be one of false, or an object with ratio, minPerSecond, burst'],
  [{ budget: true }, 'it must be one of false, or an object with ratio, minPerSecond, burst'],
  [{ retryOn: 'always' }, 'retry: option retryOn is "always"; it must be a function'],
])('%j is refused where the layer is made', (options, message) => {
  expect(() => retry(options as object)).toThrow(OptionError)
  expect(() => retry(options as object)).toThrow(message)
})

test.each([
  [{ attempts: 0 }, 'layers.retry: option attempts is 0; it must be an integer of at least 1'],
  [{ budget: false }, 'there is no such option'],
  [{ maxDelayMs: 5 }, 'layers.retry: option minDelayMs is 500; it must be at most maxDelayMs, which is 5'],
])('%j for one call is refused before anything is sent', async (options, message) => {
  const provider = fakeProvider()
  const chat = pipeline(provider, retry())
  const call = chat.complete({ model: 'm', messages }, { layers: { retry: options } as object })
  await expect(call).rejects.toThrow(message)
  expect(provider.ledger).toEqual([])
})

test('it is no part of a cache key: the answer is the same', () => {
  const adapter = fakeProvider()
  expect(pipeline(adapter, retry()).identity({ model: 'm', messages })).toBe(
    pipeline(adapter).identity({ model: 'm', messages }),
  )
})
