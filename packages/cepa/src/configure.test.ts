import { checkOptions, type Rule, text } from '@cepa/core'
import { fakeProvider, memoryExporter } from '@cepa/testing'
import { describe, expect, test } from 'vitest'
import { configure, middleware, OptionError, type PartConfig, type PipelineConfig, type Registry } from './index.ts'

const registry: Registry = {
  adapters: {
    fake: () => fakeProvider('Hello'),
    headed: (options: object) => Object.assign(fakeProvider('Hello'), { data: options }),
    strict: (options: { readonly key: unknown }) => {
      checkOptions<{ readonly key: unknown }, { readonly key: Rule<string> }>(
        'strict',
        { key: text() },
        options as never,
      )
      return fakeProvider()
    },
  },
  middlewares: { shout: () => middleware({ name: 'shout', event() {} }) },
  values: { someHeaders: { 'x-app': 'shop' }, tenantOf: () => 'acme', silent: { log: () => undefined } },
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

const telling = (exporter: PartConfig): PipelineConfig => ({
  ...config,
  layers: [{ use: 'telemetry', exporters: [exporter] }],
})

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
      /scope\.from is "tenant".*silent, someHeaders, tenantOf/,
    ],
    ['an unknown exporter', telling({ use: 'otlp' }), /layers\[0\]\.exporters\[0\]\.use is "otlp".*consoleExporter/],
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
    ['layers that are no list', { ...config, layers: {} as never }, /layers is an object.*list/],
    ['an adapter that is missing', { layers: [] } as never, /adapter is undefined.*an object with `use`/],
    ['a layer that is none', { ...config, layers: ['retry'] as never }, /layers\[0\] is a string.*`use`/],
    [
      'an exporter’s option, by its place',
      telling({ use: 'consoleExporter', form: 'xml' }),
      /^layers\[0\]\.exporters\[0\]: /,
    ],
    ['an adapter’s option, by its place', { adapter: { use: 'strict', key: 1 } }, /^adapter: strict: option key is 1/],
    [
      'which of two layers of a kind',
      {
        ...config,
        layers: [
          { use: 'timeout', name: 'callTimeout', totalMs: 5 },
          { use: 'timeout', totalMs: -1 },
        ],
      },
      /^layers\[1\]: timeout: option totalMs is -1; it must be/,
    ],
    [
      'a layer by its own name',
      { ...config, layers: [{ use: 'timeout', name: 'callTimeout', totalMs: -1 }] },
      /^layers\[0\] \(callTimeout\): .*option totalMs is -1/,
    ],
    [
      'a value that is data and looks like a name',
      { adapter: { use: 'headed', headers: { from: 'me@example.org' } } },
      /adapter\.headers\.from is "me@example\.org".*"literal"/,
    ],
    ['a rule of order that there is not', { ...config, allow: ['anything'] }, /allow\.0 is "anything".*one of/],
    ['a limit that is none', { ...config, unreadAfterMs: 0 }, /unreadAfterMs is 0.*at least 1/],
  ])('says what would be right: %s', (_what, wrong, message) => {
    const build = () => configure(wrong as PipelineConfig, registry)
    expect(build).toThrow(OptionError)
    expect(build).toThrow(message)
  })

  test('takes rules that are broken on purpose, and the time that a reply waits for its reader', async () => {
    const layers = [{ use: 'retry' }, { use: 'cache', scope: 'shared' }]
    expect(() => configure({ ...config, layers }, registry)).toThrow(/allow: \['stores-outside-repeats'\]/)
    const unread = Promise.withResolvers<string>()
    const watch = () => middleware({ name: 'watch', end: (_call, { kind }) => unread.resolve(kind) })
    const chat = configure(
      { ...config, layers: [{ use: 'watch' }, ...layers], allow: ['stores-outside-repeats'], unreadAfterMs: 5 },
      { ...registry, middlewares: { watch } },
    )
    const reply = await chat({ model: 'm', messages: [] })
    expect(await unread.promise).toBe('unread')
    await reply.cancel()
  })

  test('takes what looks like a name as data where it is said to be', () => {
    const dataOf = (headers: unknown) =>
      configure({ adapter: { use: 'headed', headers } }, registry).explain({ json: true }).adapter.data
    expect(dataOf({ literal: { from: 'me@example.org' } })).toEqual({ headers: { from: 'me@example.org' } })
    expect(dataOf({ from: 'me@example.org', 'x-more': 'a' })).toEqual({
      headers: { from: 'me@example.org', 'x-more': 'a' },
    })
    expect(dataOf({ from: 'someHeaders' })).toEqual({ headers: { 'x-app': 'shop' } })
  })

  test.each([
    ['no registry', undefined, /configure: option registry is absent.*`adapters`/],
    ['a registry without adapters', {}, /configure: registry: option adapters is undefined/],
    [
      'what makes no adapter',
      { adapters: { openai: 'openai' } },
      /registry: option adapters\.openai is "openai".*a function/,
    ],
    ['a table that there is not', { adapters: {}, layers: {} }, /registry: option layers is given/],
  ])('refuses %s', (_what, wrong, message) => {
    expect(() => configure(config, wrong as never)).toThrow(OptionError)
    expect(() => configure(config, wrong as never)).toThrow(message)
  })

  test('checks options of single calls when they are made', async () => {
    const chat = configure(config, registry)
    await expect(chat.complete({ model: 'm', messages: [] }, { layers: { budget: {} } })).rejects.toThrow(
      /no such layer/,
    )
  })
})
