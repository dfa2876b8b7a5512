import { fakeProvider, inTurn, memoryExporter } from '@cepa/testing'
import { describe, expect, test } from 'vitest'
import { defaultStack, OptionError, pipeline, telemetry, timingFact, usageFact } from './index.ts'

const quiet = { log: () => undefined }

describe('defaultStack', () => {
  test('has these layers, outermost first', () => {
    const chat = pipeline(fakeProvider('Hello'), ...defaultStack())
    expect(chat.layers.map((layer) => layer.name)).toEqual([
      'requestId',
      'telemetry',
      'logging',
      'timing',
      'cache',
      'tokenCount',
      'retry',
      'timeout',
    ])
  })

  test('without options gives ids, timing, usage, sizes, retries, limits and a line', async () => {
    const lines: { message: string; fields: Readonly<Record<string, unknown>> }[] = []
    const provider = fakeProvider(inTurn({ failure: { kind: 'overloaded', status: 529 } }, 'Hello'))
    const logger = {
      log: (_level: string, message: string, fields: Readonly<Record<string, unknown>>) =>
        lines.push({ message, fields }),
    }
    const chat = pipeline(provider, ...defaultStack({ logging: { logger }, retry: { minDelayMs: 0 } }))
    await chat.complete({ model: 'm', messages: [{ role: 'user', content: 'Hi' }] })
    const line = lines.at(-1)?.fields ?? {}
    expect(line).toMatchObject({ ending: 'done' })
    expect(line.requestId).toMatch(/^[\w-]{21}$/)
    expect(chat.explain({ json: true }).layers.flatMap((layer) => layer.gives)).toEqual(
      expect.arrayContaining(['requestId', timingFact.name, usageFact.name]),
    )
  })

  test('has a cache as soon as its scope is stated, and explain() says so where it is not', async () => {
    expect(pipeline(fakeProvider('Hello'), ...defaultStack()).explain()).toContain('defaultStack({ cache: { scope } })')
    const provider = fakeProvider('Hello')
    const chat = pipeline(provider, ...defaultStack({ logging: { logger: quiet }, cache: { scope: 'shared' } }))
    const request = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] } as const
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
    const request = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] } as const
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
    const request = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] } as const
    await stackOf('openai').complete(request)
    await stackOf('anthropic').complete(request)
    const { total, rows } = watch.metrics({ by: ['provider'] })
    expect(total.calls).toBe(2)
    expect(rows.map(({ labels }) => labels.provider)).toEqual(['openai', 'anthropic'])
  })

  test('refuses options that cannot be right when it is made', () => {
    expect(() => defaultStack({ retry: { attempts: 0 } })).toThrow(OptionError)
    expect(() => defaultStack({ cache: {} as never })).toThrow(/scope/)
    expect(() => defaultStack({ telemetry: { sample: { ratio: 2 } } })).toThrow(/telemetry: option sample.ratio is 2/)
  })
})
