import { type Message, middleware, OptionError, pipeline, type Redactor } from '@cepa/core'
import { collect, fakeProvider, inTurn, outcomeOf, type Script } from '@cepa/testing'
import { SpanStatusCode } from '@opentelemetry/api'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { sdk } from '../test/sdk.ts'
import { type TracingOptions, tracing } from './index.ts'

const otel = sdk()
afterEach(() => vi.unstubAllEnvs())

const messages: readonly Message[] = [
  { role: 'system', content: 'Be brief.' },
  {
    role: 'user',
    content: [
      { type: 'text', text: 'What is this?' },
      { type: 'image', image: { bytes: new Uint8Array(5) }, mediaType: 'image/png' },
      { type: 'image', image: { url: 'https://example.com/a.png' } },
      { type: 'file', file: { fileId: 'file-1' }, mediaType: 'audio/wav' },
    ],
  },
  {
    role: 'assistant',
    content: [
      { type: 'reasoning', text: 'Let me look.' },
      { type: 'tool-call', id: 'call-1', name: 'look', arguments: { at: 'it' } },
    ],
  },
  { role: 'tool', content: [{ type: 'tool-result', id: 'call-1', result: { seen: 'an onion' } }] },
]
const ask = async (
  script: Script,
  options: TracingOptions,
  more: { name?: string; messages?: readonly Message[]; stop?: string[] } = {},
) => {
  const { name = 'openai', ...rest } = more
  const chat = pipeline(fakeProvider(script, { name }), tracing(options))
  const tools = [{ name: 'look', description: 'Looks.', parameters: { type: 'object' } }]
  await outcomeOf(chat.complete({ model: 'm', messages, tools, ...rest } as never))
  return otel.own.at(-1)?.attributes ?? {}
}
const jsonIn = (attributes: object, name: string) => JSON.parse(String((attributes as Record<string, unknown>)[name]))
const CONTENT = [
  'gen_ai.input.messages',
  'gen_ai.output.messages',
  'gen_ai.system_instructions',
  'gen_ai.tool.definitions',
]
const answer = [
  { reasoning: 'Hm.' },
  { text: 'An onion.' },
  { toolCall: { name: 'cut', arguments: { into: 8 } } },
] as const

describe('content', () => {
  it('is written nowhere unless it is asked for', async () => {
    const attributes = await ask(answer, { logger: otel.logger }, { stop: ['END'] })
    for (const name of [...CONTENT, 'gen_ai.request.stop_sequences']) expect(attributes).not.toHaveProperty(name)
    expect(otel.logs.getFinishedLogRecords()).toEqual([])
  })

  it('has the form of the conventions, as JSON on the span', async () => {
    const attributes = await ask(answer, { content: 'span' }, { stop: ['END'] })
    expect(jsonIn(attributes, 'gen_ai.input.messages')).toEqual([
      { role: 'system', parts: [{ type: 'text', content: 'Be brief.' }] },
      {
        role: 'user',
        parts: [
          { type: 'text', content: 'What is this?' },
          { type: 'blob', modality: 'image', mime_type: 'image/png', content: '', size: '(5 bytes)' },
          { type: 'uri', modality: 'image', uri: 'https://example.com/a.png' },
          { type: 'file', modality: 'audio', mime_type: 'audio/wav', file_id: 'file-1' },
        ],
      },
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', content: 'Let me look.' },
          { type: 'tool_call', id: 'call-1', name: 'look', arguments: { at: 'it' } },
        ],
      },
      { role: 'tool', parts: [{ type: 'tool_call_response', id: 'call-1', response: { seen: 'an onion' } }] },
    ])
    expect(jsonIn(attributes, 'gen_ai.output.messages')).toEqual([
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', content: 'Hm.' },
          { type: 'text', content: 'An onion.' },
          { type: 'tool_call', id: 'call-1', name: 'cut', arguments: { into: 8 } },
        ],
        finish_reason: 'tool_call',
      },
    ])
    expect(jsonIn(attributes, 'gen_ai.tool.definitions')).toEqual([{ type: 'function', name: 'look' }])
    expect(attributes['gen_ai.request.stop_sequences']).toEqual(['END'])
    expect(attributes).not.toHaveProperty('gen_ai.system_instructions')
    expect(attributes).not.toHaveProperty('cepa.content.cut')
  })

  it('has the instructions apart where the provider takes them so', async () => {
    const attributes = await ask('An onion.', { content: 'span' }, { name: 'anthropic' })
    expect(jsonIn(attributes, 'gen_ai.system_instructions')).toEqual([{ type: 'text', content: 'Be brief.' }])
    expect(jsonIn(attributes, 'gen_ai.input.messages')[0].role).toBe('user')
  })

  it('has every candidate, and of one that broke off what came', async () => {
    const two = await ask([{ text: 'a', choice: 0 }, { text: 'b', choice: 1 }, { end: 'length' }], { content: 'span' })
    expect(jsonIn(two, 'gen_ai.output.messages')).toMatchObject([
      { parts: [{ content: 'a' }], finish_reason: 'length' },
      { parts: [{ content: 'b' }], finish_reason: 'error' },
    ])
    const chat = pipeline(fakeProvider([{ text: 'An on' }, { reset: true }]), tracing({ content: 'span' }))
    await collect(chat({ model: 'm', messages }))
    expect(jsonIn(otel.own.at(-1)?.attributes ?? {}, 'gen_ai.output.messages')).toEqual([
      { role: 'assistant', parts: [{ type: 'text', content: 'An on' }], finish_reason: 'error' },
    ])
  })

  it('of a call that was refused is its request', async () => {
    const attributes = await ask({ failure: { status: 400 } }, { content: 'span' })
    expect(jsonIn(attributes, 'gen_ai.input.messages')).toHaveLength(4)
    expect(attributes).not.toHaveProperty('gen_ai.output.messages')
  })

  it('is never that of embeddings', async () => {
    await pipeline(fakeProvider({ steps: [{ embedding: [1] }] }), tracing({ content: 'span' })).embed({
      model: 'e',
      input: ['secret'],
    })
    expect(JSON.stringify(otel.own[0]?.attributes)).not.toContain('secret')
  })

  it('can be had for single calls', async () => {
    const chat = pipeline(fakeProvider('one'), tracing())
    await chat.complete({ model: 'm', messages }, { layers: { tracing: { content: 'span' } } })
    expect(otel.own[0]?.attributes).toHaveProperty('gen_ai.input.messages')
    await expect(
      chat.complete({ model: 'm', messages }, { layers: { tracing: { content: 'all' } } } as never),
    ).rejects.toThrow(OptionError)
  })

  it('is cut to so many bytes and stays JSON', async () => {
    const long: readonly Message[] = [
      { role: 'user', content: 'first' },
      { role: 'user', content: 'ü'.repeat(3000) },
    ]
    const attributes = await ask('ö'.repeat(3000), { content: 'span', maxContentBytes: 512 }, { messages: long })
    for (const name of ['gen_ai.input.messages', 'gen_ai.output.messages']) {
      expect(Buffer.byteLength(String(attributes[name]))).toBeLessThanOrEqual(512)
      const [message] = jsonIn(attributes, name)
      expect(message.parts[0].content).toMatch(/^[üö]{100,}…$/)
    }
    expect(attributes['cepa.content.cut']).toBe(true)
  })
})

describe('secrets in content', () => {
  const KEY = 'sk-proj-Abc123Def456Ghi789'
  const forms = [
    KEY,
    Buffer.from(`key ${KEY}`).toString('base64'),
    encodeURIComponent(`a b ${KEY}`),
    'jane.doe@example.com',
    '4111 1111 1111 1111',
  ]

  it.each(forms)('%s is taken out wherever it stands', async (secret) => {
    const script = [
      { text: `Sure: ${secret.slice(0, 9)}` },
      { text: `${secret.slice(9)}.` },
      { reasoning: `They said ${secret}` },
      { toolCall: { name: 'call', arguments: { header: secret, deep: [{ [secret]: 1 }] } } },
    ]
    const said: readonly Message[] = [
      { role: 'system', content: `The key is ${secret}` },
      {
        role: 'user',
        content: [
          { type: 'text', text: secret },
          { type: 'image', image: { url: `https://h/?a=${secret}` } },
        ],
      },
      { role: 'tool', content: [{ type: 'tool-result', id: secret, result: { [secret]: secret } }] },
    ]
    await ask(script, { content: 'both', logger: otel.logger }, { messages: said, stop: [secret] })
    const logged = otel.logs.getFinishedLogRecords().map(({ attributes }) => attributes)
    expect(logged).toHaveLength(1)
    const seen = JSON.stringify([otel.own[0]?.attributes, logged])
    expect(seen).toContain('[redacted]')
    expect(seen).not.toContain(secret)
    expect(seen).not.toContain(KEY)
  })

  it('and in errors, ids, labels and models', async () => {
    const cause = new Error(`Authorization: Bearer ${KEY}`)
    const failure = Object.assign(new Error(`refused ${KEY} for jane.doe@example.com`), { cause })
    const chat = pipeline(
      fakeProvider(inTurn({ failure, id: KEY, model: KEY, attempt: { providerRequestId: KEY, serverAddress: KEY } })),
      tracing({ logger: otel.logger }),
    )
    await outcomeOf(chat.complete({ model: KEY, messages }, { attributes: { [KEY]: KEY }, requestId: KEY }))
    const records = otel.logs.getFinishedLogRecords()
    const { name, attributes, status } = otel.own[0] as (typeof otel.own)[number]
    expect(status.message).toBe('refused [redacted] for [redacted]')
    expect(records).toHaveLength(1)
    expect(JSON.stringify([name, attributes, status, records.map((record) => record.attributes)])).not.toContain(
      'Abc123Def',
    )
  })
})

describe('a redactor', () => {
  it('sees request and answer as plain data, before they are written', async () => {
    const seen: unknown[] = []
    const redact: Redactor = (content, part) => {
      seen.push([part, structuredClone(content)])
      return part === 'answer' ? { text: 'hidden' } : (content as unknown[]).slice(0, 1)
    }
    const attributes = await ask('An onion.', { content: 'span', redact }, { stop: ['END'] })
    expect(seen).toMatchObject([
      ['request', [{ role: 'system', content: 'Be brief.' }, {}, {}, {}]],
      ['answer', { text: 'An onion.' }],
    ])
    expect(jsonIn(attributes, 'gen_ai.input.messages')).toHaveLength(1)
    expect(jsonIn(attributes, 'gen_ai.output.messages')[0].parts).toEqual([{ type: 'text', content: 'hidden' }])
    expect(attributes).not.toHaveProperty('gen_ai.request.stop_sequences')
  })

  it.each<readonly [string, Redactor]>([
    ['returns a promise', (content, part) => (part === 'answer' ? content : Promise.reject(new Error('torn')).then())],
    ['gives something else back', (content, part) => (part === 'answer' ? content : 7)],
    [
      'throws',
      (content, part) => {
        if (part === 'request') throw new Error('torn')
        return content
      },
    ],
  ])('that %s withholds its part and is told as a fault', async (_, redact) => {
    const faults: unknown[] = []
    const chat = pipeline({
      adapter: fakeProvider('An onion.'),
      layers: [tracing({ content: 'span', redact })],
      report: (fault) => faults.push(fault),
    })
    await chat.complete({ model: 'm', messages })
    const attributes = otel.own[0]?.attributes ?? {}
    expect(attributes['cepa.content.withheld']).toEqual(['request'])
    expect(JSON.stringify(attributes)).not.toContain('brief')
    expect(jsonIn(attributes, 'gen_ai.output.messages')).toHaveLength(1)
    expect(faults).toMatchObject([{ middleware: 'tracing', hook: 'end' }])
  })

  it('that shows nothing leaves nothing', async () => {
    const attributes = await ask('An onion.', { content: 'span', redact: () => undefined })
    for (const name of CONTENT) expect(JSON.stringify(attributes[name] ?? '')).not.toMatch(/onion|brief/)
    expect(attributes).not.toHaveProperty('cepa.content.withheld')
  })
})

describe('events', () => {
  it('an error that reaches the caller is one event in the context of the span', async () => {
    const failure = { status: 500, message: 'torn sk-proj-abc123def456' } as const
    await ask({ failure }, { logger: otel.logger })
    const [record, ...more] = otel.logs.getFinishedLogRecords()
    expect(more).toEqual([])
    expect(record).toMatchObject({
      eventName: 'gen_ai.client.operation.exception',
      severityNumber: 13,
      spanContext: { spanId: otel.own[0]?.spanContext().spanId },
      attributes: {
        'exception.type': 'ProviderError',
        'exception.message': 'torn [redacted]',
        'exception.stacktrace': expect.stringContaining('ProviderError: torn [redacted]'),
        'gen_ai.provider.name': 'openai',
        'error.type': '500',
      },
    })
    expect(otel.own[0]?.events).toEqual([])
    expect(otel.own[0]?.status.code).toBe(SpanStatusCode.ERROR)
  })

  it('one that was retried is none', async () => {
    const again = middleware({
      name: 'again',
      traits: { repeats: true },
      handle: (call, next) => next(call).catch(() => next(call)),
    })
    const chat = pipeline(
      fakeProvider(inTurn({ failure: { status: 500 } }, 'one')),
      tracing({ logger: otel.logger }),
      again as never,
    )
    await chat.complete({ model: 'm', messages })
    expect(otel.logs.getFinishedLogRecords()).toEqual([])
  })

  it('content on events is structured', async () => {
    const attributes = await ask('An onion.', { content: 'event', logger: otel.logger })
    expect(attributes).not.toHaveProperty('gen_ai.input.messages')
    const [record] = otel.logs.getFinishedLogRecords()
    expect(record).toMatchObject({
      eventName: 'gen_ai.client.inference.operation.details',
      severityNumber: 9,
      spanContext: { spanId: otel.own[0]?.spanContext().spanId },
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.request.model': 'm',
        'gen_ai.input.messages': [{ role: 'system', parts: [{ type: 'text', content: 'Be brief.' }] }, {}, {}, {}],
        'gen_ai.output.messages': [{ role: 'assistant', finish_reason: 'stop' }],
      },
    })
  })

  it('are written of calls that are not sampled too', async () => {
    const tracer = new (otel.provider.constructor as typeof import('@opentelemetry/sdk-trace').TracerProvider)({
      sampler: { shouldSample: () => ({ decision: 0 }), toString: () => 'off' },
    }).getTracer('off')
    await ask({ failure: { status: 500 } }, { logger: otel.logger, tracer })
    expect(otel.logs.getFinishedLogRecords()).toHaveLength(1)
  })

  it('need a logger', () => {
    expect(() => tracing({ content: 'event' })).toThrow(
      'tracing: option content is "event"; it needs a logger to write events to',
    )
  })
})

describe('the environment', () => {
  const CAPTURE = 'OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT'

  it.each([
    ['SPAN_ONLY', true, false],
    ['span_and_event', true, true],
    ['EVENT_ONLY', false, true],
    ['true', true, false],
    ['1', true, false],
    ['NO_CONTENT', false, false],
    ['false', false, false],
    ['everything', false, false],
    ['', false, false],
  ])(`${CAPTURE}=%s`, async (value, onSpan, onEvent) => {
    vi.stubEnv(CAPTURE, value)
    const attributes = await ask('An onion.', { logger: otel.logger })
    expect('gen_ai.input.messages' in attributes).toBe(onSpan)
    expect(otel.logs.getFinishedLogRecords()).toHaveLength(onEvent ? 1 : 0)
  })

  it('yields to the option', async () => {
    vi.stubEnv(CAPTURE, 'SPAN_ONLY')
    expect(await ask('An onion.', { content: 'none' })).not.toHaveProperty('gen_ai.input.messages')
  })

  it('asks for events without a logger in vain', async () => {
    vi.stubEnv(CAPTURE, 'EVENT_ONLY')
    expect(await ask('An onion.', {})).not.toHaveProperty('gen_ai.input.messages')
  })

  it.each([
    ['gen_ai_latest_experimental', 'gen_ai.usage.cache_write.input_tokens'],
    ['http, gen_ai_latest_experimental', 'gen_ai.usage.cache_write.input_tokens'],
    ['http/dup', 'gen_ai.usage.cache_creation.input_tokens'],
    ['', 'gen_ai.usage.cache_creation.input_tokens'],
  ])('OTEL_SEMCONV_STABILITY_OPT_IN=%s names %s', async (value, name) => {
    vi.stubEnv('OTEL_SEMCONV_STABILITY_OPT_IN', value)
    const usage = { inputTokens: 9, cacheWriteTokens: 4 }
    expect(await ask([{ text: 'a' }, { end: 'stop', usage }], {})).toHaveProperty(name, 4)
    expect(await ask([{ text: 'a' }, { end: 'stop', usage }], { semconv: 'released' })).toHaveProperty(
      'gen_ai.usage.cache_creation.input_tokens',
      4,
    )
  })
})
