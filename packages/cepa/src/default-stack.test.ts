import { openai } from '@cepa/adapter-openai'
import { fakeProvider, inTurn, memoryExporter } from '@cepa/testing'
import { fakeServer } from '@cepa/testing/node'
import { describe, expect, test } from 'vitest'
import { cache, defaultStack, middleware, OptionError, pipeline, profiler, telemetry } from './index.ts'

const quiet = { log: () => undefined }
const request = { model: 'm', messages: [{ role: 'user', content: 'How many rings has an onion?' }] } as const

/** A logger whose lines are kept. */
function keptLines() {
  const lines: Readonly<Record<string, unknown>>[] = []
  return { lines, logger: { log: (_level: string, _message: string, fields: object) => lines.push({ ...fields }) } }
}

describe('defaultStack', () => {
  test('has these layers, outermost first', () => {
    const names = (...layers: ReturnType<typeof defaultStack>) =>
      pipeline(fakeProvider('Hello'), ...layers).layers.map(({ name }) => name)
    const inside = ['tokenCount', 'retry', 'timeout']
    expect(names(...defaultStack())).toEqual([
      ...['requestId', 'noTelemetry', 'logging', 'timing', 'noProfiler', 'noCache'],
      ...inside,
    ])
    expect(names(...defaultStack({ telemetry: {}, profiler: {}, cache: { scope: 'shared' } }))).toEqual([
      ...['requestId', 'telemetry', 'logging', 'timing', 'profiler', 'cache'],
      ...inside,
    ])
  })

  test('without options gives ids, timing, usage, sizes and retries, each with its value', async () => {
    await using server = await fakeServer(
      inTurn(
        { failure: { status: 429, retryAfterMs: 1 } },
        { steps: [{ waitMs: 30 }, { text: 'As many ' }, { waitMs: 30 }, { text: 'as years' }], inputTokens: 11 },
      ),
    )
    const { lines, logger } = keptLines()
    const chat = pipeline(openai({ apiKey: 'k', baseUrl: server.url }), ...defaultStack({ logging: { logger } }))
    for await (const _ of await chat(request));
    await chat.close()
    const [line = {}] = lines.filter(({ ending }) => ending !== undefined)
    const answered = server.last
    expect(line).toMatchObject({
      ending: 'done',
      requestId: expect.stringMatching(/^[\w-]{21}$/),
      attempts: 2,
      prompt_tokens: 11,
      completion_tokens: answered.charged.outputTokens,
      usageSource: 'provider',
      bytesSent: server.ledger.reduce((sum, { bytesReceived }) => sum + bytesReceived, 0),
      bytesReceived: server.ledger.reduce((sum, { bytesWritten }) => sum + bytesWritten, 0),
    })
    const { headersMs, firstTokenMs, ms } = line as { headersMs: number; firstTokenMs: number; ms: number }
    expect(headersMs).toBeGreaterThan(0)
    expect(firstTokenMs - headersMs).toBeGreaterThanOrEqual(25)
    expect(ms - firstTokenMs).toBeGreaterThanOrEqual(25)
  })

  test('without options has limits, which a call may tighten', async () => {
    await using server = await fakeServer([{ text: 'I' }, { stall: true }])
    const { lines, logger } = keptLines()
    const chat = pipeline(openai({ apiKey: 'k', baseUrl: server.url }), ...defaultStack({ logging: { logger } }))
    expect(chat.explain({ json: true }).layers.at(-1)?.data).toMatchObject({ totalMs: 600_000 })
    const slow = await chat(request, { layers: { timeout: { idleMs: 30 } } })
    await expect(slow.result()).rejects.toMatchObject({ limit: 'idle', limitMs: 30, setBy: 'timeout' })
    await server.quiet()
    expect(server.last.outcome).toBe('closed')
    expect(lines.at(-1)).toMatchObject({ ending: 'failed', errorKind: 'timeout' })
  })

  test('has a cache as soon as its scope is stated, and explain() says so where it is not', async () => {
    expect(pipeline(fakeProvider('Hello'), ...defaultStack()).explain()).toContain('defaultStack({ cache: { scope } })')
    const provider = fakeProvider('Hello')
    const chat = pipeline(provider, ...defaultStack({ logging: { logger: quiet }, cache: { scope: 'shared' } }))
    expect(chat.explain()).not.toContain('noCache')
    await chat.complete(request)
    const again = await chat.complete(request)
    expect(again.usage?.source).toBe('cache')
    expect(provider.ledger).toHaveLength(1)
  })

  test('has telemetry as soon as it is said where records go, and explain() says so where it is not', async () => {
    expect(pipeline(fakeProvider('Hello'), ...defaultStack()).explain()).toContain(
      'defaultStack({ telemetry: { exporters } })',
    )
    const exporter = memoryExporter()
    const chat = pipeline(
      fakeProvider('Hello'),
      ...defaultStack({ logging: { logger: quiet }, telemetry: { exporters: [exporter], sample: { ratio: 0 } } }),
    )
    expect(chat.explain()).not.toContain('defaultStack({ telemetry')
    await chat.complete(request)
    await chat.complete(request, { layers: { telemetry: { keep: true } } })
    await chat.close()
    expect(exporter.records).toHaveLength(1)
    expect(exporter.last).toMatchObject({ ending: 'done', usage: { source: 'provider' }, sampling: { reason: 'call' } })
  })

  test('takes a telemetry that several stacks share', async () => {
    const watch = telemetry({ exporters: [memoryExporter()] })
    const stackOf = (name: string) =>
      pipeline(fakeProvider('Hello', { name }), ...defaultStack({ logging: { logger: quiet }, telemetry: watch }))
    await stackOf('openai').complete(request)
    await stackOf('anthropic').complete(request)
    const { total, rows } = watch.metrics({ by: ['provider'] })
    expect(total.calls).toBe(2)
    expect(rows.map(({ labels }) => labels.provider)).toEqual(['openai', 'anthropic'])
  })

  test('has a profiler as soon as it is given, and explain() says so where it is not', async () => {
    expect(pipeline(fakeProvider('Hello'), ...defaultStack()).explain()).toContain(
      'defaultStack({ profiler: profiler() })',
    )
    const profile = profiler()
    const chat = pipeline(
      fakeProvider('Hello'),
      ...defaultStack({ logging: { logger: quiet }, profiler: profile, cache: { scope: 'shared' } }),
    )
    await chat.complete(request)
    const { calls, layers } = profile.report({ json: true }).total
    expect(calls).toBe(1)
    expect(layers.map(({ layer }) => layer)).toEqual(
      expect.arrayContaining(['requestId', 'logging', 'timing', 'cache', 'tokenCount', 'retry', 'timeout']),
    )
    await expect(chat.complete(request, { layers: { profiler: false } })).resolves.toMatchObject({ text: 'Hello' })
  })

  test('leaves the names of what is not given to layers of one’s own', () => {
    const own = middleware({ name: 'cache' })
    expect(() => pipeline(fakeProvider(), own, ...defaultStack(), profiler())).not.toThrow()
    const outside = [cache({ scope: 'shared' }), ...defaultStack()] as readonly unknown[] as readonly []
    expect(() => pipeline({ adapter: fakeProvider(), layers: outside })).toThrow(
      /logging reads the fact cache .* An order that works, outermost first: requestId, noTelemetry, logging, .*cache/,
    )
  })

  test('refuses options that cannot be right when it is made', () => {
    expect(() => defaultStack({ retry: { attempts: 0 } })).toThrow(OptionError)
    expect(() => defaultStack({ cache: {} as never })).toThrow(/scope/)
    expect(() => defaultStack({ telemetry: { sample: { ratio: 2 } } })).toThrow(/telemetry: option sample.ratio is 2/)
    expect(() => defaultStack({ retyr: {} } as never)).toThrow(/defaultStack: option retyr.*did you mean retry\?/)
    expect(() => defaultStack({ retry: false } as never)).toThrow(/defaultStack: option retry is false.*an object/)
  })
})
