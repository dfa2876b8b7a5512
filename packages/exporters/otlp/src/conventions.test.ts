import { describe, expect, test } from 'vitest'
import { exporting } from '../test/exporting.ts'
import { attemptSpanFindings, callSpanFindings, KIND, logFindings, metricFindings } from '../test/findings.ts'
import { logsOf, metricsOf, plainAttributes, type ReadSpan, resourcesOf, scopesOf, spansOf } from '../test/read.ts'
import { receiver } from '../test/receiver.ts'
import { attempt, call, failedCall, group, items, send } from '../test/records.ts'
import type { OtlpExporterOptions } from './index.ts'

const usage = {
  inputTokens: 900,
  outputTokens: 40,
  cacheWriteTokens: 20,
  audioInputTokens: 300,
  imageInputTokens: 100,
  audioOutputTokens: 5,
  source: 'provider',
} as const

/** Something of everything that a record may say. */
const all = items(
  call(),
  failedCall(),
  call({
    id: 'c-3',
    provider: 'anthropic',
    parameters: { temperature: 1 },
    attempts: [attempt({ provider: 'anthropic', usage })],
    spent: usage,
    content: {
      messages: [
        { role: 'system', content: 'Be short.' },
        { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
      ],
      answers: [{ text: 'Hello', toolCalls: [{ id: 't-1', name: 'look', arguments: { where: 'here' } }] }],
    },
  }),
  call({
    id: 'c-4',
    operation: 'embed',
    mode: 'complete',
    model: 'text-embedding-3-small',
    parameters: { dimensions: 512, inputs: 2 },
    attempts: [attempt({ model: 'text-embedding-3-small' })],
  }),
  call({ id: 'c-5', provider: 'gemini', attempts: [attempt({ provider: 'gemini' })] }),
  call({
    id: 'c-6',
    attempts: [],
    spent: { source: 'cache' },
    cache: { outcome: 'hit', keyHash: 'abc', ageMs: 5, saved: usage },
  }),
  call({ id: 'c-7', ending: 'abandoned', reason: 'closed', finish: 'stop' }),
  call({ id: 'c-8', ending: 'aborted', error: { name: 'AbortError', message: 'left' } }),
  group(),
)

const isAttempt = ({ name }: ReadSpan): boolean => name.startsWith('attempt ')
const isGroup = ({ attributes }: ReadSpan): boolean => 'cepa.group.id' in attributes

async function exported(options: OtlpExporterOptions) {
  const collector = await receiver()
  const exporter = exporting({ endpoint: collector.url, content: 'both', ...options })
  expect(await send(exporter, all)).toEqual({ ok: true })
  await exporter.flush?.()
  return collector
}

const ways = (['http/protobuf', 'http/json'] as const).flatMap((protocol) =>
  (['released', 'latest'] as const).flatMap((semconv) =>
    (['none', 'gzip'] as const).map((compression) => ({ protocol, semconv, compression })),
  ),
)

describe.each(ways)('$protocol, $semconv, $compression', ({ protocol, semconv, compression }) => {
  test('spans have names and types of the conventions', async () => {
    const collector = await exported({ protocol, semconv, compression })
    const spans = spansOf(collector.of('traces'))
    const calls = spans.filter((span) => !isAttempt(span) && !isGroup(span))
    expect(calls).toHaveLength(8)
    expect(calls.flatMap((span) => callSpanFindings(span, semconv))).toEqual([])
    const attempts = spans.filter(isAttempt)
    expect(attempts).toHaveLength(2)
    expect(attempts.flatMap((span) => attemptSpanFindings(span, semconv))).toEqual([])
    expect(spans.filter(isGroup).map(({ kind }) => kind)).toEqual([KIND.internal])
  })

  test('events have names and types of the conventions', async () => {
    const logs = logsOf((await exported({ protocol, semconv, compression })).of('logs'))
    expect(logs.map(({ eventName }) => eventName.split('.').at(-1)).toSorted()).toEqual([
      ...Array<string>(8).fill('details'),
      'exception',
      'exception',
    ])
    expect(logs.flatMap((log) => logFindings(log, semconv))).toEqual([])
  })

  test('metrics have names, units, buckets and attributes of the conventions', async () => {
    const metrics = metricsOf((await exported({ protocol, semconv, compression })).of('metrics'))
    expect(metrics.flatMap((metric) => metricFindings(metric, semconv))).toEqual([])
    const names = metrics.map(({ name }) => name)
    const expected = {
      released: ['gen_ai.client.operation.duration', 'gen_ai.client.token.usage'],
      latest: [
        'gen_ai.client.inference.duration',
        'gen_ai.client.operation.duration',
        'gen_ai.client.inference.usage.input_tokens',
        'gen_ai.client.inference.operation.output_tokens',
      ],
    }
    expect(names).toEqual(expect.arrayContaining(expected[semconv]))
    expect(new Set(names).size).toBe(names.length)
  })

  test('headers say what the body is', async () => {
    const collector = await exported({ protocol, semconv, compression })
    for (const { headers } of collector.received) {
      expect(headers['content-type']).toBe(protocol === 'http/json' ? 'application/json' : 'application/x-protobuf')
      expect(headers['content-encoding']).toBe(compression === 'gzip' ? 'gzip' : undefined)
    }
    expect(collector.received.map(({ path }) => path).toSorted()).toEqual(['/v1/logs', '/v1/metrics', '/v1/traces'])
  })

  test('says who tells it', async () => {
    const collector = await exported({
      protocol,
      semconv,
      compression,
      resource: { 'deployment.environment.name': 'test' },
    })
    for (const request of collector.received) {
      const [resource] = resourcesOf(request)
      expect(plainAttributes(resource?.resource.attributes ?? {})).toMatchObject({
        'service.name': 'shop',
        'service.instance.id': expect.stringMatching(/^[\da-f-]{36}$/),
        'telemetry.sdk.language': 'nodejs',
        'deployment.environment.name': 'test',
      })
      const [scope] = scopesOf(request)
      expect(scope?.scope.name).toBe('@cepa/exporter-otlp')
      expect(scope?.schemaUrl || undefined).toBe(
        semconv === 'released' ? 'https://opentelemetry.io/schemas/1.41.0' : undefined,
      )
    }
  })
})

test('both protocols and compression say the same', async () => {
  const told = await Promise.all(
    [{ protocol: 'http/protobuf' }, { protocol: 'http/json' }, { protocol: 'http/json', compression: 'gzip' }].map(
      async (options) => {
        const collector = await exported(options as OtlpExporterOptions)
        const logs = logsOf(collector.of('logs')).map(({ attributes, eventName }) => ({ attributes, eventName }))
        const metrics = metricsOf(collector.of('metrics')).map(({ name, dataPoints }) => ({
          name,
          points: dataPoints.map(({ startTimeUnixNano: _, timeUnixNano: __, ...point }) => point),
        }))
        return { spans: spansOf(collector.of('traces')), logs, metrics }
      },
    ),
  )
  expect(told[1]).toEqual(told[0])
  expect(told[2]).toEqual(told[0])
})

test('the check finds what is wrong', () => {
  const span = {
    name: 'chat m',
    kind: 1,
    status: { code: 2 },
    attributes: { 'gen_ai.system': { stringValue: 'openai' }, 'gen_ai.request.seed': { doubleValue: 1.5 } },
  }
  expect(callSpanFindings(span as never, 'latest')).toEqual([
    'gen_ai.system is no name of latest',
    'gen_ai.request.seed is {"doubleValue":1.5}, not int',
    'gen_ai.operation.name is missing',
    'gen_ai.provider.name is missing',
    'the name is chat m',
    'the kind is 1',
    'status and error.type differ',
  ])
  const metric = { name: 'gen_ai.client.token.usage', kind: 'histogram', unit: 's', dataPoints: [{ attributes: {} }] }
  expect(metricFindings(metric as never, 'released')).toHaveLength(2)
  expect(metricFindings(metric as never, 'latest')).toEqual(['gen_ai.client.token.usage is no metric of latest'])
})
