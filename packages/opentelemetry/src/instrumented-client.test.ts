import { createRequire } from 'node:module'
import { openai } from '@cepa/adapter-openai'
import { pipeline } from '@cepa/core'
import { collect } from '@cepa/testing'
import { type FakeServer, fakeServer } from '@cepa/testing/node'
import { metrics } from '@opentelemetry/api'
import { OpenAIInstrumentation } from '@opentelemetry/instrumentation-openai'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { sdk } from '../test/sdk.ts'
import { metering, tracing } from './index.ts'

const otel = sdk()
const request = { model: 'm', messages: [{ role: 'user', content: 'Hi there' }] } as const

// the instrumentation knows openai up to 6 and patches it where it is required
const instrumentation = new OpenAIInstrumentation()
type Client = import('openai').OpenAI
const { OpenAI } = createRequire(import.meta.url)('openai-6') as {
  OpenAI: new (options: { apiKey: string; baseURL: string }) => Client
}
afterAll(() => instrumentation.disable())

let server: FakeServer
const client = () => new OpenAI({ apiKey: 'key-1', baseURL: server.url })
beforeEach(async () => {
  server = await fakeServer({ text: 'one two three', inputTokens: 7 })
  instrumentation.setTracerProvider(otel.provider)
  instrumentation.setMeterProvider(metrics.getMeterProvider())
  return () => server.close()
})

const withUsage = () => otel.spans.filter(({ attributes }) => 'gen_ai.usage.input_tokens' in attributes)
const inputTokens = async () =>
  (await otel.series())
    .filter(
      ({ metric, attributes }) => metric === 'gen_ai.client.token.usage' && attributes['gen_ai.token.type'] === 'input',
    )
    .reduce((sum, series) => sum + (series.sum ?? 0), 0)

describe('a client that the contrib instrumentation has patched', () => {
  it('counts what the application asks by itself', async () => {
    await client().chat.completions.create({ model: 'm', messages: [{ role: 'user', content: 'Hi there' }] })
    expect(withUsage().map(({ instrumentationScope }) => instrumentationScope.name)).toEqual([
      '@opentelemetry/instrumentation-openai',
    ])
    expect(await inputTokens()).toBe(7)
  })

  it.each(['stream', 'complete'] as const)('counts nothing twice as transport (%s)', async (mode) => {
    const chat = pipeline(openai({ client: client() as never }), tracing(), metering())
    if (mode === 'stream') await collect(chat(request))
    else await chat.complete(request)
    expect(withUsage().map(({ instrumentationScope }) => instrumentationScope.name)).toEqual(['@cepa/opentelemetry'])
    expect(withUsage()[0]?.attributes).toMatchObject({
      'gen_ai.usage.input_tokens': server.charged.inputTokens,
      'gen_ai.usage.output_tokens': server.charged.outputTokens,
    })
    expect(await inputTokens()).toBe(server.charged.inputTokens)
  })
})
