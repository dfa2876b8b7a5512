import { virtualClock } from '@cepa/testing'
import { describe, expect, test } from 'vitest'
import { exporting } from '../../test/exporting.ts'
import { logsOf, plain, plainAttributes } from '../../test/read.ts'
import { receiver } from '../../test/receiver.ts'
import { call, failedCall, group, items, send, startedAtMs, type Told } from '../../test/records.ts'
import type { OtlpExporterOptions } from '../index.ts'

/** The log records of some records as they arrive. */
async function logsFor(told: Told, options: OtlpExporterOptions = {}) {
  const collector = await receiver()
  const clock = virtualClock({ epochMs: startedAtMs + 60_000 })
  const exporter = exporting({ endpoint: collector.url, traces: false, metrics: false, clock, ...options })
  expect(await send(exporter, items(...told))).toEqual({ ok: true })
  return logsOf(collector.received)
}

const nanos = (ms: number): string => String(BigInt(ms) * 1_000_000n)

test('an error that reached the caller is a record, in the context of the call', async () => {
  const logs = await logsFor([call(), failedCall(), group()])
  expect(logs).toHaveLength(1)
  expect(logs[0]).toMatchObject({
    eventName: 'gen_ai.client.operation.exception',
    severityNumber: 13,
    severityText: 'WARN',
    timeUnixNano: nanos(startedAtMs + 400),
    observedTimeUnixNano: nanos(startedAtMs + 60_000),
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
  })
  expect(plainAttributes(logs[0]?.attributes ?? {})).toMatchObject({
    'exception.type': 'ProviderError',
    'exception.message': 'too many requests',
    'gen_ai.request.model': 'gpt-4o',
    'error.type': '429',
  })
})

test('also where tracing() makes the spans', async () => {
  expect(await logsFor([failedCall({ trace: { ...call().trace, hasSpan: true } as never })])).toHaveLength(1)
})

test('also of a call without a trace', async () => {
  const { trace: _, ...bare } = failedCall()
  const [log] = await logsFor([bare])
  expect(log?.eventName).toBe('gen_ai.client.operation.exception')
  expect(log?.traceId || undefined).toBeUndefined()
})

test('the same error after tries that went wrong and one that did not is none', async () => {
  expect(await logsFor([call({ attempts: failedCall().attempts })])).toEqual([])
})

describe('the details of a call', () => {
  const details = 'gen_ai.client.inference.operation.details'

  test('are a record on request', async () => {
    const logs = await logsFor([call()], { details: true })
    expect(logs.map(({ eventName }) => eventName)).toEqual([details])
    expect(logs[0]).toMatchObject({ severityNumber: 9, severityText: 'INFO' })
    expect(plain(logs[0]?.attributes['gen_ai.usage.input_tokens'])).toBe(31)
  })

  test('have content in its structure', async () => {
    const content = { messages: [{ role: 'user', content: 'Hi' }], answers: [{ text: 'Hello' }] }
    const [log] = await logsFor([call({ content })], { content: 'event' })
    expect(log?.eventName).toBe(details)
    expect(plain(log?.attributes['gen_ai.input.messages'])).toEqual([
      { role: 'user', parts: [{ type: 'text', content: 'Hi' }] },
    ])
    expect(log?.attributes['gen_ai.input.messages']).toHaveProperty('arrayValue')
  })

  test('have none where it goes to spans', async () => {
    const [log] = await logsFor([call({ content: { messages: [{ role: 'user', content: 'Hi' }] } })], { details: true })
    expect(log?.attributes).not.toHaveProperty('gen_ai.input.messages')
  })
})
