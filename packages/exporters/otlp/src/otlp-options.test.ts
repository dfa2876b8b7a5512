import { afterEach, describe, expect, test, vi } from 'vitest'
import { exporting } from '../test/exporting.ts'
import { plainAttributes, resourcesOf, scopesOf, spansOf } from '../test/read.ts'
import { receiver } from '../test/receiver.ts'
import { call, failedCall, items, send } from '../test/records.ts'
import { type OtlpExporterOptions, otlpExporter } from './index.ts'

afterEach(() => vi.unstubAllEnvs())

/** Sets environment variables for one test. */
function given(variables: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value)
}

/** What arrives of one call, by the environment alone. */
async function arrived(variables: Readonly<Record<string, string>>, options: OtlpExporterOptions = {}) {
  const collector = await receiver()
  given({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...variables })
  const exporter = otlpExporter({ report: () => undefined, ...options })
  expect(await send(exporter, items(call(), failedCall()))).toEqual({ ok: true })
  await exporter.close?.()
  return collector
}

describe("OpenTelemetry's environment variables", () => {
  test('endpoint, for all signals', async () => {
    const collector = await receiver()
    given({ OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/api/public/otel/` })
    await send(exporting({}), items(failedCall()))
    expect(collector.received.map(({ path }) => path).toSorted()).toEqual([
      '/api/public/otel/v1/logs',
      '/api/public/otel/v1/traces',
    ])
  })

  test('endpoint, for one', async () => {
    const collector = await receiver()
    given({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.url}/mine/traces` })
    await send(exporting({ logs: false, metrics: false }))
    expect(collector.received.map(({ path }) => path)).toEqual(['/mine/traces'])
  })

  test('headers, for all and for one', async () => {
    const collector = await arrived({
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Basic%20cGs6c2s==,x-team=onion',
      OTEL_EXPORTER_OTLP_LOGS_HEADERS: 'x-team=garlic',
    })
    expect(collector.of('traces')[0]?.headers).toMatchObject({ authorization: 'Basic cGs6c2s==', 'x-team': 'onion' })
    expect(collector.of('logs')[0]?.headers).toMatchObject({ authorization: 'Basic cGs6c2s==', 'x-team': 'garlic' })
  })

  test('protocol, for all and for one', async () => {
    const collector = await arrived({
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: 'http/protobuf',
    })
    expect(collector.received.map(({ signal, json }) => [signal, json])).toEqual(
      expect.arrayContaining([
        ['traces', true],
        ['logs', true],
        ['metrics', false],
      ]),
    )
  })

  test('compression, for all and for one', async () => {
    const collector = await arrived({
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
      OTEL_EXPORTER_OTLP_LOGS_COMPRESSION: 'none',
    })
    expect(collector.of('traces')[0]?.headers['content-encoding']).toBe('gzip')
    expect(collector.of('logs')[0]?.headers['content-encoding']).toBeUndefined()
  })

  test('timeout, for all and for one', () => {
    given({ OTEL_EXPORTER_OTLP_TIMEOUT: '3000', OTEL_EXPORTER_OTLP_LOGS_TIMEOUT: '20000' })
    expect(otlpExporter().limits?.timeoutMs).toBe(21_000)
    expect(otlpExporter({ logs: false }).limits?.timeoutMs).toBe(4000)
  })

  test('service and resource', async () => {
    const collector = await arrived({
      OTEL_SERVICE_NAME: 'shop',
      OTEL_RESOURCE_ATTRIBUTES: 'service.version=7,deployment.environment.name=test,service.name=other',
    })
    for (const request of collector.received) {
      expect(plainAttributes(resourcesOf(request)[0]?.resource.attributes ?? {})).toMatchObject({
        'service.name': 'shop',
        'service.version': '7',
        'deployment.environment.name': 'test',
      })
    }
  })

  test('which signals there are', async () => {
    const collector = await arrived({ OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' })
    expect(collector.received.map(({ signal }) => signal)).toEqual(['traces'])
  })

  test('the newest names', async () => {
    const collector = await arrived({ OTEL_SEMCONV_STABILITY_OPT_IN: 'http, gen_ai_latest_experimental' })
    expect(scopesOf(collector.of('traces')[0] as never)[0]?.schemaUrl || undefined).toBeUndefined()
    expect(spansOf(collector.of('traces'))[0]?.attributes).toHaveProperty('gen_ai.request.reasoning.level')
  })

  test.each([
    ['SPAN_ONLY', true],
    ['true', true],
    ['NO_CONTENT', false],
    ['false', false],
    ['EVENT_ONLY', false],
    ['whatever', false],
  ])('whether content stands on spans: %s', async (value, isThere) => {
    const collector = await receiver()
    given({ OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: value })
    const content = { messages: [{ role: 'user', content: 'Hi' }] }
    await send(exporting({ endpoint: collector.url }), items(call({ content })))
    expect('gen_ai.input.messages' in (spansOf(collector.of('traces'))[0]?.attributes ?? {})).toBe(isThere)
  })

  test('how metrics tell it', async () => {
    const collector = await arrived({ OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'LowMemory' })
    expect(JSON.stringify(collector.of('metrics')[0]?.message)).toContain('"aggregationTemporality":1')
  })

  test.each([
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'localhost:4318', 'must be a URL'],
    ['OTEL_EXPORTER_OTLP_METRICS_ENDPOINT', 'nowhere', 'must be a URL'],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc', 'speaks http/protobuf and http/json'],
    ['OTEL_METRIC_EXPORT_INTERVAL', 'often', 'a number of milliseconds'],
    ['OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE', 'sometimes', 'cumulative, delta or lowmemory'],
  ])('%s that cannot be right is refused', (name, value, remedy) => {
    given({ [name]: value })
    expect(() => otlpExporter()).toThrow(
      expect.objectContaining({ code: 'CEPA_OPTION', message: expect.stringContaining(`${name} is "${value}"`) }),
    )
    expect(() => otlpExporter()).toThrow(remedy)
  })

  test('what the code says stands before them', async () => {
    const collector = await receiver()
    given({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:1/v1/traces',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      OTEL_EXPORTER_OTLP_HEADERS: 'x-team=onion',
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
      OTEL_SERVICE_NAME: 'other',
      OTEL_LOGS_EXPORTER: 'none',
    })
    const exporter = exporting({
      endpoint: collector.url,
      protocol: 'http/json',
      headers: { 'x-team': 'garlic' },
      compression: 'none',
      logs: true,
    })
    await send(exporter, items(failedCall()))
    expect(collector.received).toHaveLength(2)
    for (const request of collector.received) {
      expect(request.json).toBe(true)
      expect(request.headers).toMatchObject({ 'x-team': 'garlic' })
      expect(request.headers['content-encoding']).toBeUndefined()
      expect(resourcesOf(request)[0]?.resource.attributes['service.name']).toEqual({ stringValue: 'shop' })
    }
  })
})

describe('options', () => {
  test('one signal may go elsewhere', async () => {
    const [one, other] = [await receiver(), await receiver()]
    const logs = {
      url: `${other.url}/insert/opentelemetry/v1/logs`,
      headers: { 'x-own': '1' },
      protocol: 'http/json',
    } as const
    const exporter = exporting({ endpoint: one.url, headers: { 'x-all': '1' }, logs })
    await send(exporter, items(failedCall()))
    expect(one.received.map(({ path }) => path)).toEqual(['/v1/traces'])
    expect(other.received.map(({ path, json, headers }) => [path, json, headers['x-own'], headers['x-all']])).toEqual([
      ['/insert/opentelemetry/v1/logs', true, '1', '1'],
    ])
  })

  test('a signal that is off wants nothing', async () => {
    const collector = await receiver()
    const exporter = exporting({ endpoint: collector.url, metrics: false, traces: false })
    expect(exporter.wants).toEqual(['call', 'group'])
    await send(exporter, items(failedCall()))
    await exporter.flush?.()
    expect(collector.received.map(({ signal }) => signal)).toEqual(['logs'])
  })

  test.each<[OtlpExporterOptions, string]>([
    [
      { endpoint: 'localhost:4318' },
      'otlpExporter: option endpoint is a string; it must be a URL that begins with http',
    ],
    [{ protocol: 'grpc' as never }, 'option protocol is "grpc"; it must be one of "http/protobuf", "http/json"'],
    [{ headers: { authorization: 'a\nb' } }, 'option headers is an object; it must be an object of headers'],
    [{ traces: { url: 'ftp://x' } }, 'option traces.url is a string'],
    [{ metrics: { intervalMs: 0 } }, 'option metrics.intervalMs is 0; it must be a number of at least 1'],
    [{ metrics: { temporality: 'sometimes' as never } }, 'option metrics.temporality is "sometimes"'],
    [{ logs: 'no' as never }, 'option logs is "no"; it must be true or false, or an object'],
    [{ traces: false, metrics: false, logs: false }, 'option logs is false; with traces and metrics switched off'],
    [{ resource: { a: {} as never } }, 'option resource is an object; it must be an object of texts'],
    [{ timeoutMs: 0 }, 'option timeoutMs is 0; it must be an integer of at least 1'],
    [{ serviceNme: 'x' } as never, 'did you mean serviceName?'],
  ])('%j is refused', (options, message) => {
    expect(() => otlpExporter(options)).toThrow(expect.objectContaining({ code: 'CEPA_OPTION' }))
    expect(() => otlpExporter(options)).toThrow(message)
  })

  test('no secret is in what is said of them', () => {
    const options = { headers: { authorization: 'Bearer very-secret\n' }, endpoint: 'gopher://user:very-secret@x' }
    for (const [name, value] of Object.entries(options)) {
      expect(() => otlpExporter({ [name]: value })).toThrow(
        expect.objectContaining({ message: expect.not.stringContaining('very-secret') }),
      )
    }
  })
})
