import { describe, expect, test } from 'vitest'
import { exporting } from '../../test/exporting.ts'
import { KIND } from '../../test/findings.ts'
import { plain, plainAttributes, spansOf } from '../../test/read.ts'
import { receiver } from '../../test/receiver.ts'
import { attempt, call, failedCall, group, items, send, startedAtMs, type Told } from '../../test/records.ts'
import type { OtlpExporterOptions } from '../index.ts'

/** The spans of some records as they arrive. */
async function spansFor(told: Told, options: OtlpExporterOptions = {}) {
  const collector = await receiver()
  const exporter = exporting({ endpoint: collector.url, logs: false, metrics: false, ...options })
  expect(await send(exporter, items(...told))).toEqual({ ok: true })
  return spansOf(collector.received)
}

const nanos = (ms: number): string => String(BigInt(Math.round(ms * 1000)) * 1000n)

const parent = '00f067aa0ba902b7'

describe('the span of a call', () => {
  test('stands where the record says, from its start to its end', async () => {
    const trace = { ...call().trace, parentSpanId: parent, traceState: 'shop=7' } as never
    const [span, ...more] = await spansFor([call({ trace, startedAtMs: startedAtMs + 0.25 })])
    expect(more).toEqual([])
    expect(span).toMatchObject({
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: 'b7ad6b7169203331',
      parentSpanId: parent,
      traceState: 'shop=7',
      name: 'chat gpt-4o',
      kind: KIND.client,
      startTimeUnixNano: nanos(startedAtMs + 0.25),
      endTimeUnixNano: nanos(startedAtMs + 1500.25),
    })
    expect(span?.status.code ?? 0).toBe(0)
  })

  test('says what was asked, answered and used, under the names of the conventions', async () => {
    const [span] = await spansFor([call()])
    expect(plainAttributes(span?.attributes ?? {})).toMatchObject({
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.request.temperature': 0.7,
      'gen_ai.request.stream': true,
      'gen_ai.response.model': 'gpt-4o-2024-08-06',
      'gen_ai.response.finish_reasons': ['stop', 'length'],
      'gen_ai.response.time_to_first_chunk': 0.25,
      'gen_ai.usage.input_tokens': 31,
      'gen_ai.usage.output_tokens': 12,
      'server.address': 'api.openai.com',
      'server.port': 443,
      'cepa.cost.usd': 0.0042,
      'cepa.attribute.tenant': 'Zwiebel',
      'cepa.ending': 'done',
    })
  })

  test('an error is its status, in its words', async () => {
    const [span] = await spansFor([failedCall()])
    expect(span?.status).toEqual({ code: 2, message: 'too many requests' })
    expect(plain(span?.attributes['error.type'])).toBe('429')
  })

  test('usage stands on it alone', async () => {
    const usages = [attempt({ ending: 'failed', won: false }), attempt({ index: 1 })].map((each, index) => ({
      ...each,
      spanId: `00000000000000b${index}`,
    }))
    const spans = await spansFor([call({ attempts: usages }), group()])
    const counted = spans.filter(({ attributes }) => 'gen_ai.usage.input_tokens' in attributes)
    expect(spans).toHaveLength(4)
    expect(counted.map(({ name }) => name)).toEqual(['chat gpt-4o'])
    expect(plain(counted[0]?.attributes['gen_ai.usage.input_tokens'])).toBe(62)
  })

  test('a hit is visible, and has used nothing', async () => {
    const saved = { inputTokens: 31, outputTokens: 12, source: 'provider' } as const
    const hit = call({ attempts: [], spent: undefined as never, cache: { outcome: 'hit', saved } })
    const [span] = await spansFor([hit])
    expect(plainAttributes(span?.attributes ?? {})).toMatchObject({
      'cepa.cache.hit': true,
      'cepa.cache.saved.input_tokens': 31,
    })
    expect(span?.attributes).not.toHaveProperty('gen_ai.usage.input_tokens')
  })

  test('one that stands for several says so', async () => {
    const [span] = await spansFor([call({ sampling: { reason: 'head', weight: 20 } })])
    expect(plain(span?.attributes['cepa.sampling.weight'])).toBe(20)
  })

  test('is not made where tracing() has made it, or where there is no trace', async () => {
    const traced = call({ trace: { ...call().trace, hasSpan: true } as never })
    const { trace: _, ...bare } = call()
    expect(await spansFor([traced, bare])).toEqual([])
  })
})

describe('attempts', () => {
  test('of which there was one have no span', async () => {
    expect(await spansFor([call()])).toHaveLength(1)
  })

  test('are spans within the call’s where there were several, at their own times', async () => {
    const [own, first, second] = await spansFor([failedCall()])
    expect([first, second]).toEqual([
      expect.objectContaining({ spanId: '00000000000000a1', parentSpanId: own?.spanId, traceId: own?.traceId }),
      expect.objectContaining({ spanId: '00000000000000a2', parentSpanId: own?.spanId, traceId: own?.traceId }),
    ])
    expect(second).toMatchObject({
      name: 'attempt gpt-4o',
      kind: KIND.internal,
      startTimeUnixNano: nanos(startedAtMs + 300),
      endTimeUnixNano: nanos(startedAtMs + 390),
      status: { code: 2, message: 'too many requests' },
    })
    expect(plainAttributes(second?.attributes ?? {})).toMatchObject({
      'http.response.status_code': 429,
      'http.request.resend_count': 1,
    })
  })

  test('one that still ran when its call ended is told up to there', async () => {
    const [ended, open] = failedCall().attempts
    const { durationMs: _, ending: __, error: ___, ...running } = { ...attempt(), ...open }
    const spans = await spansFor([failedCall({ attempts: [ended, running] as never })])
    expect(spans[2]?.endTimeUnixNano).toBe(nanos(startedAtMs + 400))
  })
})

describe('the span of a group', () => {
  test('is around those of its calls', async () => {
    const run = group({ parentId: 'g-0', trace: { ...group().trace, parentSpanId: '00000000000000c1' } })
    const [span] = await spansFor([run])
    expect(span).toMatchObject({
      name: 'research agent',
      kind: KIND.internal,
      traceId: run.trace.traceId,
      spanId: run.trace.spanId,
      parentSpanId: '00000000000000c1',
      endTimeUnixNano: nanos(startedAtMs + 5000),
    })
    expect(plainAttributes(span?.attributes ?? {})).toEqual({
      'cepa.group.id': 'g-1',
      'cepa.group.parent_id': 'g-0',
      'cepa.group.name': 'research agent',
      'cepa.group.calls': 3,
      'cepa.group.open_calls': 0,
      'cepa.group.groups': 0,
      'cepa.group.attempts': 4,
      'cepa.group.cache_hits': 1,
      'cepa.group.input_tokens': 70,
      'cepa.group.output_tokens': 30,
      'cepa.group.known_cost.usd': 0.01,
      'cepa.group.cost.usd': 0.01,
      'cepa.group.endings.done': 2,
      'cepa.group.endings.failed': 1,
      'cepa.attribute.user': 'u-7',
    })
  })

  test('fails with it', async () => {
    const [span] = await spansFor([group({ ending: 'failed', error: { name: 'RangeError', message: 'too far' } })])
    expect(span?.status).toEqual({ code: 2, message: 'too far' })
    expect(plain(span?.attributes['error.type'])).toBe('RangeError')
  })
})

describe('content that was captured', () => {
  const captured = call({
    provider: 'anthropic',
    content: {
      messages: [
        { role: 'system', content: 'Be short.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is in it?' },
            { type: 'image', image: 'data:', mediaType: 'image/png' },
          ],
        },
      ],
      answers: [{ text: 'An onion', reasoning: 'round' }, { text: 'A' }],
      cutBytes: 12,
      withheld: ['answer'],
    },
  })
  const names = ['gen_ai.input.messages', 'gen_ai.output.messages', 'gen_ai.system_instructions']

  test('stands on the span as JSON, in the form of the conventions', async () => {
    const [span] = await spansFor([captured])
    const [input, output, instructions] = names.map((name) => JSON.parse(String(plain(span?.attributes[name]))))
    expect(instructions).toEqual([{ type: 'text', content: 'Be short.' }])
    expect(input).toEqual([
      {
        role: 'user',
        parts: [
          { type: 'text', content: 'What is in it?' },
          { type: 'blob', modality: 'image', mime_type: 'image/png', content: '', size: 'data:' },
        ],
      },
    ])
    expect(output).toEqual([
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', content: 'round' },
          { type: 'text', content: 'An onion' },
        ],
        finish_reason: 'stop',
      },
      { role: 'assistant', parts: [{ type: 'text', content: 'A' }], finish_reason: 'length' },
    ])
    expect(plainAttributes(span?.attributes ?? {})).toMatchObject({
      'cepa.content.cut': true,
      'cepa.content.withheld': ['answer'],
    })
  })

  test.each(['none', 'event'] as const)('does not with content: %s', async (content) => {
    const [span] = await spansFor([captured], { content })
    for (const name of names) expect(span?.attributes).not.toHaveProperty(name)
  })

  test('instructions stay among the messages where the provider takes them there', async () => {
    const [span] = await spansFor([{ ...captured, provider: 'openai' }])
    expect(span?.attributes).not.toHaveProperty('gen_ai.system_instructions')
    expect(JSON.parse(String(plain(span?.attributes['gen_ai.input.messages'])))).toHaveLength(2)
  })
})
