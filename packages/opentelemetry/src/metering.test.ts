import { type AnyMiddleware, middleware, pipeline } from '@cepa/core'
import { cache } from '@cepa/middleware-cache'
import { tokenCount } from '@cepa/middleware-token-count'
import { collect, fakeProvider, inTurn, outcomeOf, type Script, virtualClock } from '@cepa/testing'
import { metrics } from '@opentelemetry/api'
import { describe, expect, it } from 'vitest'
import { type Series, sdk } from '../test/sdk.ts'
import { type MeteringOptions, metering, tracing } from './index.ts'
import { DURATION_BUCKETS, TOKEN_BUCKETS } from './names.ts'

const otel = sdk()
const request = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] } as const
const server = { serverAddress: 'api.example.com', serverPort: 443 }
const BASE = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'm',
  'gen_ai.response.model': 'm-2026',
  'server.address': 'api.example.com',
  'server.port': 443,
}

function metered(script: Script, options?: MeteringOptions, inside: readonly AnyMiddleware[] = []) {
  const clock = virtualClock()
  const adapter = fakeProvider(script, { name: 'openai' })
  const chat = pipeline({ adapter, layers: [metering(options), ...inside] as never, clock })
  return { chat, clock, adapter }
}

const answer = { model: 'm-2026', attempt: server, headersMs: 30, everyMs: 20, text: 'one two three' }
const told = {
  inputTokens: 31,
  outputTokens: 12,
  cacheReadTokens: 8,
  cacheWriteTokens: 3,
  reasoningTokens: 4,
  audioInputTokens: 5,
}
const rich = { model: 'm-2026', attempt: server, steps: [{ text: 'a' }, { end: 'stop' as const, usage: told }] }

/** Series without what their metric has in common. */
const brief = (series: readonly Series[]) =>
  series.map(({ metric, attributes, value, count, sum }) => ({
    metric,
    ...(value === undefined ? { count, sum } : { value }),
    more: Object.fromEntries(Object.entries(attributes).filter(([name]) => !(name in BASE))),
  }))
const names = async () => new Set((await otel.series()).map(({ metric }) => metric))

describe('metrics as they were released', () => {
  it('of a stream: durations in seconds, tokens, with their units and buckets', async () => {
    const { chat, clock } = metered({ ...answer, inputTokens: 31 })
    await clock.runUntil(collect(chat(request)))
    const series = await otel.series()
    for (const { attributes } of series) expect(attributes).toMatchObject(BASE)
    expect(brief(series)).toEqual([
      { metric: 'gen_ai.client.operation.duration', count: 1, sum: 0.09, more: {} },
      { metric: 'gen_ai.client.operation.time_to_first_chunk', count: 1, sum: 0.05, more: {} },
      { metric: 'gen_ai.client.operation.time_per_output_chunk', count: 2, sum: expect.closeTo(0.04, 9), more: {} },
      { metric: 'gen_ai.client.token.usage', count: 1, sum: 31, more: { 'gen_ai.token.type': 'input' } },
      { metric: 'gen_ai.client.token.usage', count: 1, sum: 3, more: { 'gen_ai.token.type': 'output' } },
    ])
    const seconds = series.filter(({ unit }) => unit === 's')
    expect(seconds.map(({ boundaries }) => boundaries)).toEqual([DURATION_BUCKETS, DURATION_BUCKETS, DURATION_BUCKETS])
    const tokens = series.filter(({ unit }) => unit === '{token}')
    expect(tokens.map(({ boundaries }) => boundaries)).toEqual([TOKEN_BUCKETS, TOKEN_BUCKETS])
    expect(TOKEN_BUCKETS.at(-1)).toBe(67_108_864)
  })

  it('of a whole answer: nothing of chunks', async () => {
    const { chat, clock } = metered(answer)
    await clock.runUntil(chat.complete(request))
    expect(await names()).toEqual(new Set(['gen_ai.client.operation.duration', 'gen_ai.client.token.usage']))
  })

  it('of failures: the duration, with the type of the error', async () => {
    const { chat } = metered({ failure: { status: 429 } })
    await outcomeOf(chat.complete(request))
    expect(brief(await otel.series())).toEqual([
      { metric: 'gen_ai.client.operation.duration', count: 1, sum: 0, more: { 'error.type': '429' } },
    ])
  })

  it('of what broke off: what the provider had told by then was spent', async () => {
    const { chat } = metered([{ usage: { inputTokens: 20, outputTokens: 1 } }, { text: 'a' }, { reset: true }])
    await collect(chat(request))
    const usage = (await otel.series()).filter(({ metric }) => metric === 'gen_ai.client.token.usage')
    expect(usage.map(({ sum }) => sum)).toEqual([20, 1])
  })

  it('of embeddings', async () => {
    const { chat } = metered({ steps: [{ embedding: [1] }], inputTokens: 4 })
    await chat.embed({ model: 'e', input: ['a'] })
    const series = await otel.series()
    expect(series.map(({ metric, attributes }) => [metric, attributes['gen_ai.operation.name']])).toEqual([
      ['gen_ai.client.operation.duration', 'embeddings'],
      ['gen_ai.client.token.usage', 'embeddings'],
      ['gen_ai.client.token.usage', 'embeddings'],
    ])
  })
})

describe('metrics as they are newest', () => {
  it('count tokens by kind, and calls that succeeded in histograms', async () => {
    const { chat } = metered(rich, { semconv: 'latest' })
    await collect(chat(request))
    const series = await otel.series()
    const usage = 'gen_ai.client.inference.usage'
    const unknown = { 'gen_ai.token.modality': 'unknown' }
    expect(brief(series)).toEqual([
      { metric: 'gen_ai.client.inference.duration', count: 1, sum: 0, more: {} },
      { metric: 'gen_ai.client.inference.time_to_first_chunk', count: 1, sum: 0, more: {} },
      { metric: 'gen_ai.client.inference.operation.input_tokens', count: 1, sum: 31, more: {} },
      { metric: 'gen_ai.client.inference.operation.output_tokens', count: 1, sum: 12, more: {} },
      { metric: `${usage}.input_tokens`, value: 5, more: { 'gen_ai.token.modality': 'audio' } },
      { metric: `${usage}.input_tokens`, value: 26, more: unknown },
      { metric: `${usage}.output_tokens`, value: 12, more: unknown },
      { metric: `${usage}.cache_read.input_tokens`, value: 8, more: unknown },
      { metric: `${usage}.cache_write.input_tokens`, value: 3, more: unknown },
      { metric: `${usage}.reasoning.output_tokens`, value: 4, more: unknown },
    ])
  })

  it('of failures: counters where tokens are known, no histogram of tokens', async () => {
    const script = [{ usage: { inputTokens: 20 } }, { text: 'a' }, { reset: true }] as const
    const { chat } = metered(script, { semconv: 'latest' })
    await collect(chat(request))
    const found = await names()
    expect(found).toContain('gen_ai.client.inference.usage.input_tokens')
    expect(found).not.toContain('gen_ai.client.inference.operation.input_tokens')
  })

  it('of embeddings go by the older name of the duration', async () => {
    const { chat } = metered({ steps: [{ embedding: [1] }], inputTokens: 4 }, { semconv: 'latest' })
    await chat.embed({ model: 'e', input: ['a'] })
    const found = await names()
    expect(found).toContain('gen_ai.client.operation.duration')
    expect(found).not.toContain('gen_ai.client.inference.duration')
  })
})

describe('what counts', () => {
  it('every attempt’s tokens, in one call', async () => {
    const again = middleware({
      name: 'again',
      traits: { repeats: true },
      handle: async (call, next) => {
        const lost = await next(call)
        await lost.peek((event) => event.type === 'usage')
        await lost.cancel()
        return next(call)
      },
    })
    const { chat, adapter } = metered(
      inTurn(
        [{ usage: { inputTokens: 20, outputTokens: 1 } }, { text: 'a' }],
        [{ text: 'b' }, { end: 'stop', usage: { inputTokens: 20, outputTokens: 5 } }],
      ),
      undefined,
      [again as never],
    )
    await collect(chat(request))
    expect(adapter.ledger).toHaveLength(2)
    const usage = (await otel.series()).filter(({ metric }) => metric === 'gen_ai.client.token.usage')
    expect(usage.map(({ count, sum }) => [count, sum])).toEqual([
      [1, 40],
      [1, 6],
    ])
  })

  it('a hit is a call that spent nothing and says nothing of the provider', async () => {
    const { chat, clock } = metered(answer, undefined, [cache({ scope: () => 'all' } as never) as never])
    await clock.runUntil(collect(chat(request)))
    const before = await otel.series()
    await clock.runUntil(collect(chat(request)))
    const after = await otel.series()
    expect(after.filter(({ attributes }) => attributes['cepa.cache.hit'])).toMatchObject([
      { metric: 'gen_ai.client.operation.duration', count: 1 },
    ])
    expect(after.filter(({ attributes }) => !attributes['cepa.cache.hit'])).toEqual(before)
  })

  it('estimates only on request', async () => {
    const script = [{ text: 'one two' }, { end: 'stop', usage: false }] as const
    const { chat } = metered(script, undefined, [tokenCount() as never])
    await collect(chat(request))
    expect(await names()).not.toContain('gen_ai.client.token.usage')
    const guessing = metered(script, { estimates: true }, [tokenCount() as never])
    await collect(guessing.chat(request))
    expect(await names()).toContain('gen_ai.client.token.usage')
  })

  it('a call in a nested pipeline once', async () => {
    const inner = pipeline(fakeProvider({ text: 'one', inputTokens: 5 }, { name: 'openai' }), metering())
    await pipeline(inner, metering()).complete(request)
    const series = await otel.series()
    expect(series.map(({ count }) => count)).toEqual([1, 1, 1])
  })

  it('what a detached call has bought', async () => {
    const detacher = middleware({
      name: 'detacher',
      async handle(call, next) {
        void next(call.detach('revalidate')).then((reply) => reply.result())
        return next(call)
      },
    })
    const { chat, clock } = metered(
      ({ index }) => ({ headersMs: index === 0 ? 500 : 10, text: 'one', inputTokens: 7 }),
      undefined,
      [detacher as never],
    )
    await clock.runUntil(chat.complete(request))
    await clock.advance(1000)
    const input = (await otel.series()).find(({ attributes }) => attributes['gen_ai.token.type'] === 'input')
    expect(input).toMatchObject({ count: 2, sum: 14 })
  })

  it('chunks only if they are wanted', async () => {
    const { chat, clock } = metered(answer, { outputChunks: false })
    await clock.runUntil(collect(chat(request)))
    expect(await names()).not.toContain('gen_ai.client.operation.time_per_output_chunk')
  })

  it('calls of which the span is not sampled, too', async () => {
    const tracer = new (otel.provider.constructor as typeof import('@opentelemetry/sdk-trace').TracerProvider)({
      sampler: { shouldSample: () => ({ decision: 0 }), toString: () => 'off' },
    }).getTracer('off')
    await pipeline(fakeProvider('one'), tracing({ tracer }), metering()).complete(request)
    expect(otel.spans).toEqual([])
    expect((await otel.series())[0]).toMatchObject({ count: 1 })
  })
})

describe('meters', () => {
  it('may be given', async () => {
    const made: string[] = []
    const meter = metrics.getMeter('app')
    const { chat } = metered('one', {
      meter: Object.assign(Object.create(meter), {
        createHistogram: (name: string, options: object) => {
          made.push(name)
          return meter.createHistogram(name, options)
        },
      }),
    })
    await chat.complete(request)
    expect(made).toContain('gen_ai.client.operation.duration')
    expect((await otel.series())[0]).toMatchObject({ metric: 'gen_ai.client.operation.duration' })
  })

  it('may be registered after the stack was put together', async () => {
    metrics.disable()
    const { chat } = metered('one')
    await chat.complete(request)
    const asked: string[] = []
    const before = metrics.getMeterProvider()
    const provider = {
      getMeter: (name: string) => {
        asked.push(name)
        return before.getMeter(name)
      },
    }
    metrics.setGlobalMeterProvider(provider)
    await chat.complete(request)
    await chat.complete(request)
    expect(asked).toEqual(['@cepa/opentelemetry'])
  })
})
