import { fakeProvider, memoryExporter } from '@cepa/testing'
import { describe, expect, test } from 'vitest'
import { configure, middleware, OptionError, type PipelineConfig, type Registry } from './index.ts'

const registry: Registry = {
  adapters: { fake: () => fakeProvider('Hello') },
  middlewares: { shout: () => middleware({ name: 'shout', event() {} }) },
  values: { tenantOf: () => 'acme', silent: { log: () => undefined } },
}

const config: PipelineConfig = {
  name: 'support',
  adapter: { use: 'fake' },
  layers: [
    { use: 'requestId', prefix: 'req_' },
    { use: 'logging', logger: { from: 'silent' }, slowMs: 5_000 },
    { use: 'cache', scope: { from: 'tenantOf' }, ttlMs: 1_000 },
    { use: 'retry', attempts: 4 },
    { use: 'shout' },
  ],
}

describe('configure', () => {
  test('builds a stack from JSON and a registry', async () => {
    const chat = configure(JSON.parse(JSON.stringify(config)), registry)
    expect(chat.name).toBe('support')
    expect(chat.layers.map((layer) => layer.name)).toEqual(['requestId', 'logging', 'cache', 'retry', 'shout'])
    const { text } = await chat.complete({ model: 'm', messages: [] })
    expect(text).toBe('Hello')
  })

  test('builds telemetry with its exporters: made here, made by the registry, or in its values', async () => {
    const [made, given] = [memoryExporter(), memoryExporter()]
    const chat = configure(
      {
        adapter: { use: 'fake' },
        layers: [
          {
            use: 'telemetry',
            capture: 'answer',
            exporters: [
              { use: 'consoleExporter', form: 'json', console: { from: 'screen' } },
              { use: 'memory', note: 'an option of its own' },
              { exporter: { from: 'given' }, limits: { delayMs: 0 } },
            ],
          },
        ],
      },
      {
        ...registry,
        exporters: { memory: (options: { readonly note: string }) => Object.assign(made, options) },
        values: { given, screen: { log: (line: string) => screen.push(line) } },
      },
    )
    const screen: string[] = []
    await chat.complete({ model: 'm', messages: [] })
    await chat.close()
    expect(made).toMatchObject({ note: 'an option of its own' })
    expect(made.last.content?.answers).toEqual([{ text: 'Hello' }])
    expect(given.last.id).toBe(made.last.id)
    expect(JSON.parse(screen[0] as string)).toEqual(made.last)
  })

  test('explain({ json: true }) gives the effective data, JSON-safe', () => {
    const explanation = configure(config, registry).explain({ json: true })
    expect(JSON.parse(JSON.stringify(explanation))).toEqual(explanation)
    expect(explanation.layers.find((layer) => layer.name === 'retry')?.data).toMatchObject({
      attempts: 4,
      minDelayMs: 500,
    })
  })

  test.each([
    ['an unknown layer', { ...config, layers: [{ use: 'rety' }] }, /layers\[0\]\.use is "rety".*retry/],
    ['an unknown adapter', { ...config, adapter: { use: 'openai' } }, /adapter\.use is "openai".*fake/],
    [
      'an unknown value',
      { ...config, layers: [{ use: 'cache', scope: { from: 'tenant' } }] },
      /scope\.from is "tenant".*silent, tenantOf/,
    ],
    [
      'an unknown exporter',
      { ...config, layers: [{ use: 'telemetry', exporters: [{ use: 'otlp' }] }] },
      /layers\[0\]\.exporters\[0\]\.use is "otlp".*consoleExporter/,
    ],
    [
      'an option of an exporter that there is not',
      { ...config, layers: [{ use: 'telemetry', exporters: [{ use: 'consoleExporter', forms: 'json' }] }] },
      /consoleExporter: option forms.*did you mean form/,
    ],
    ['an unknown field', { ...config, layer: [] }, /option layer is given.*layers/],
    [
      'an option of the wrong kind',
      { ...config, layers: [{ use: 'retry', attempts: 'many' }] },
      /retry: option attempts is "many".*integer/,
    ],
    ['an option that there is not', { ...config, layers: [{ use: 'retry', attempt: 3 }] }, /did you mean attempts/],
    ['layers that are no list', { ...config, layers: {} as never }, /layers is a object.*list/],
    ['an adapter that is missing', { layers: [] } as never, /adapter is absent/],
  ])('says what would be right: %s', (_what, wrong, message) => {
    const build = () => configure(wrong as PipelineConfig, registry)
    expect(build).toThrow(OptionError)
    expect(build).toThrow(message)
  })

  test('checks options of single calls when they are made', async () => {
    const chat = configure(config, registry)
    await expect(chat.complete({ model: 'm', messages: [] }, { layers: { budget: {} } })).rejects.toThrow(
      /no such layer/,
    )
  })
})
