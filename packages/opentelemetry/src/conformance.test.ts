import { OptionError } from '@cepa/core'
import { testMiddleware } from '@cepa/testing'
import { describe, expect, it } from 'vitest'
import { sdk } from '../test/sdk.ts'
import { metering, tracing } from './index.ts'

const otel = sdk()
const wrong = (make: (options: never) => unknown, ...options: unknown[]) =>
  options.map((each) => () => make(each as never))

describe('the contract', () => {
  it('is kept by tracing, content and events included', async () => {
    const report = await testMiddleware({
      make: (tell) =>
        tracing({
          content: 'both',
          logger: { emit: ({ eventName }) => tell(eventName) },
          redact: (content) => content,
          attributes: () => ({ app: 'kit' }),
        }),
      name: 'tracing',
      badOptions: wrong(
        tracing,
        { semconv: '1.41' },
        { content: true },
        { content: 'event' },
        { redact: 'all' },
        { maxContentBytes: 10 },
        { logger: {} },
        { attributes: {} },
        { estimates: 1 },
        { propagate: 'yes' },
        { tracer: {} },
        { sampler: {} },
      ),
      badCallOptions: [{ content: 'all' }, { attributes: 7 }, { semconv: 'latest' }, true],
    })
    expect(report.broken).toEqual([])
    expect(otel.own.length).toBeGreaterThan(40)
    for (const span of otel.own) expect(span.ended).toBe(true)
  })

  it('is kept by metering', async () => {
    const report = await testMiddleware({
      make: () => metering(),
      name: 'metering',
      badOptions: wrong(
        metering,
        { semconv: 1 },
        { estimates: 1 },
        { outputChunks: 'no' },
        { meter: {} },
        { views: [] },
      ),
      badCallOptions: [{}, true],
    })
    expect(report.broken).toEqual([])
    expect((await otel.series()).length).toBeGreaterThan(5)
  })
})

it('names what is wrong with an option and what would be right', () => {
  expect(() => tracing({ semconv: 'newest' as never })).toThrow(OptionError)
  expect(() => tracing({ semconv: 'newest' as never })).toThrow(
    'tracing: option semconv is "newest"; it must be one of "released", "latest"',
  )
  expect(() => metering({ outputChunk: false } as never)).toThrow('did you mean outputChunks?')
})
