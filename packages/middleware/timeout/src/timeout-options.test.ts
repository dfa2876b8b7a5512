import { OptionError, pipeline } from '@cepa/core'
import { fakeProvider } from '@cepa/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DEFAULT_LIMITS, type LimitByMode, type TimeoutOptions, timeout } from './index.ts'
import { limitsFor } from './timeout-options.ts'

const request = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] } as const

const layerOf = (options?: TimeoutOptions) =>
  pipeline(fakeProvider(), timeout(options)).explain({ json: true }).layers[0]

test('explain tells the effective limits as data, which make the same layer again', () => {
  expect(layerOf()).toMatchObject({ name: 'timeout', controls: true, traits: [] })
  expect(layerOf()?.data).toEqual({
    totalMs: 600_000,
    headersMs: { stream: 120_000, complete: false },
    idleMs: { stream: 120_000, complete: false },
  })
  expect(layerOf(JSON.parse(JSON.stringify(layerOf()?.data)))?.data).toEqual(DEFAULT_LIMITS)
  const given = { name: 'callTimeout', totalMs: 30_000, firstTokenMs: { stream: 9_000 } }
  expect(layerOf(given)).toMatchObject({ name: 'callTimeout', data: given })
})

test('as soon as one limit is given, only those given hold', () => {
  expect(layerOf({ firstTokenMs: 500 })?.data).toEqual({ firstTokenMs: 500 })
  expect(layerOf({ name: 'callTimeout' })?.data).toEqual({ name: 'callTimeout', ...DEFAULT_LIMITS })
})

test.each([
  [
    { totalMs: 0 },
    'timeout: option totalMs is 0; it must be a number of at least 1, or one of false, or an object with',
  ],
  [{ totalMs: '5' }, 'timeout: option totalMs is "5"'],
  [{ total: 5 }, 'did you mean totalMs?'],
  [
    { idleMs: { stream: -1 } },
    'timeout: option idleMs.stream is -1; it must be a number of at least 1, or one of false',
  ],
  [{ idleMs: { streams: 5 } }, 'or an object with stream, complete'],
  [{ name: 'call timeout' }, 'timeout: option name is "call timeout"; it must be a camelCase identifier'],
  [{ totalMs: false }, 'timeout: option totalMs is false; the layer would limit nothing'],
  [{ headersMs: {}, idleMs: { stream: false } }, 'timeout: option headersMs, idleMs is false'],
])('%j is refused where the layer is made', (options, message) => {
  expect(() => timeout(options as object)).toThrow(OptionError)
  expect(() => timeout(options as object)).toThrow(message)
})

test('a wrong limit for one call is refused before anything is sent', async () => {
  const provider = fakeProvider()
  const chat = pipeline(provider, timeout())
  const call = chat.complete(request, { layers: { timeout: { totalMs: -1 } } })
  await expect(call).rejects.toThrow('layers.timeout: option totalMs is -1')
  expect(provider.ledger).toEqual([])
})

test('it is no part of a cache key: the answer is the same', () => {
  const adapter = fakeProvider()
  expect(pipeline(adapter, timeout()).identity(request)).toBe(pipeline(adapter).identity(request))
})

test('property: what is said for a call stands in for the layer’s own, field by field and mode by mode', () => {
  const bound = fc.oneof(fc.integer({ min: 1 }), fc.constant(false as const))
  const limit: fc.Arbitrary<LimitByMode> = fc.oneof(
    bound,
    fc.record({ stream: bound, complete: bound }, { requiredKeys: [] }),
  )
  const fields = { totalMs: limit, headersMs: limit, firstTokenMs: limit, idleMs: limit }
  const limits = fc.record(fields, { requiredKeys: [] })
  const mode = fc.constantFrom('stream' as const, 'complete' as const)
  fc.assert(
    fc.property(limits, fc.option(limits, { nil: undefined }), mode, (layer, given, asked) => {
      const effective = limitsFor(layer, given, asked)
      for (const field of Object.keys(fields) as (keyof typeof fields)[]) {
        const said = given?.[field] ?? layer[field]
        const wanted = typeof said === 'object' ? said[asked] : said
        expect(effective[field] ?? false).toBe(wanted ?? false)
      }
    }),
  )
})
