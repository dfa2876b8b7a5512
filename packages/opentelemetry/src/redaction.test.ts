import {
  type CallOptions,
  type ChatRequest,
  middleware,
  OptionError,
  ProviderError,
  pipeline,
  requestIdFact,
} from '@cepa/core'
import { retry } from '@cepa/middleware-retry'
import { group, telemetry } from '@cepa/middleware-telemetry'
import { fakeProvider, memoryExporter, outcomeOf, type Script } from '@cepa/testing'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { sdk } from '../test/sdk.ts'
import { type TracingOptions, tracing } from './index.ts'

const otel = sdk()

/** What is planted, and where. */
interface Planted {
  readonly request?: Partial<ChatRequest>
  readonly answer?: Script
  readonly caller?: CallOptions
  readonly leave?: string
  readonly detached?: string
  readonly group?: { readonly name: string; readonly attributes: Record<string, string>; readonly error: unknown }
}

const user = (content: ChatRequest['messages'][number]['content']): Partial<ChatRequest> => ({
  messages: [{ role: 'user', content } as ChatRequest['messages'][number]],
})

const half = (text: string): readonly string[] => {
  const at = Math.floor(text.length / 2)
  return [text.slice(0, at), text.slice(at)]
}

const PLACES: Readonly<Record<string, (secret: string) => Planted>> = {
  'a message': (secret) => ({ request: user(`Please use ${secret} now`) }),
  'the system prompt': (secret) => ({ request: { messages: [{ role: 'system', content: `key: ${secret}` }] } }),
  'the result of a tool': (secret) => ({
    request: {
      messages: [{ role: 'tool', content: [{ type: 'tool-result', id: '1', result: { [secret]: [secret] } }] }],
    },
  }),
  'the name of a tool, and what to stop at': (secret) => ({
    request: { tools: [{ name: secret, parameters: {} }], stop: [secret] },
  }),
  'the model': (secret) => ({ request: { model: secret } }),
  'provider options': (secret) => ({ request: { providerOptions: { service_tier: secret } } }),
  'the effort': (secret) => ({ request: { reasoning: { effort: secret } } }),
  'the answer, split over two events': (secret) => ({
    answer: [{ text: 'It is ' }, ...half(secret).map((text) => ({ text })), { text: ' indeed' }],
  }),
  'reasoning, split over two events': (secret) => ({ answer: half(secret).map((reasoning) => ({ reasoning })) }),
  'a part of an answer that fails': (secret) => ({
    answer: [...half(secret).map((text) => ({ text })), { error: { kind: 'server' } }],
  }),
  'a tool call': (secret) => ({ answer: [{ toolCall: { name: secret, arguments: { text: [secret] } } }] }),
  'ids of the provider': (secret) => ({ answer: { id: secret, model: secret, providerRequestId: secret, text: 'a' } }),
  'what an attempt tells': (secret) => ({
    answer: { text: 'a', attempt: { serverAddress: secret, apiType: secret, systemFingerprint: secret } },
  }),
  'an error of the provider': (secret) => ({
    answer: {
      failure: new ProviderError({
        provider: 'openai',
        kind: 'server',
        message: `bad key ${secret}`,
        providerCode: secret,
        providerRequestId: secret,
        cause: new Error(secret),
      }),
    },
  }),
  'an error that an SDK threw': (secret) => ({
    answer: { failure: Object.assign(new Error(`401 ${secret}`), { code: secret, name: secret }) },
  }),
  'the id of the request': (secret) => ({ caller: { requestId: secret } }),
  'a label': (secret) => ({ caller: { attributes: { tenant: secret } } }),
  'the name of a label': (secret) => ({ caller: { attributes: { [secret]: 'x' } } }),
  'why it was left': (secret) => ({ answer: 'a b c', leave: secret }),
  'why it was detached': (secret) => ({ detached: secret }),
  'a group': (secret) => ({
    group: { name: secret, attributes: { user: secret, [secret]: 'x' }, error: new Error(secret) },
  }),
}

const alphanumeric = (length: number) =>
  fc.string({
    unit: fc.constantFrom(...'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789'),
    minLength: length,
    maxLength: length,
  })

const secrets = fc.oneof(
  alphanumeric(24).map((rest) => `sk-proj-${rest}`),
  alphanumeric(33).map((rest) => `AIza5${rest}`),
  alphanumeric(8).map((name) => `${name}.surname@mail.example.com`),
  fc.constantFrom('4111111111111111', '5500 0055 5555 5559', '378282246310005'),
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 6, maxLength: 6 }).map((rest) => `ACME-${rest}`),
)

const encodings = fc.constantFrom<(text: string) => string>(
  (text) => text,
  (text) => Buffer.from(text).toString('base64'),
  (text) => Buffer.from(text).toString('base64url'),
  encodeURIComponent,
  (text) => [...Buffer.from(text)].map((byte) => `%${byte.toString(16)}`).join(''),
)

/** Keeps whatever id the caller brings. */
const ids = middleware({
  name: 'ids',
  gives: [requestIdFact],
  provide: (call) => call.give(requestIdFact, call.caller.requestId ?? 'own-id'),
})

/** Detaches a call for a reason. */
const detaching = (reason: string | undefined, running: Promise<unknown>[]) =>
  middleware({
    name: 'detaching',
    traits: { repeats: true },
    handle(call, next) {
      if (reason !== undefined) running.push(next(call.detach(reason)).then((reply) => reply.result()))
      return next(call)
    },
  })

/** Everything that stands on spans and events of this package so far. */
const everything = (): string => {
  const spans = otel.own.map(({ name, attributes, status, events, links }) => ({
    name,
    attributes,
    status,
    events,
    links,
  }))
  const events = otel.logs.getFinishedLogRecords().map(({ attributes, body }) => ({ attributes, body }))
  return JSON.stringify([spans, events])
}

/** Makes the call, and gives everything that was written of it. */
async function written(planted: Planted, options: TracingOptions = {}): Promise<string> {
  otel.reset()
  const running: Promise<unknown>[] = []
  const redact = { patterns: [/\bACME-\d{6}\b/] }
  const layer = tracing({ content: 'both', semconv: 'latest', logger: otel.logger, redact, ...options })
  const chat = pipeline({
    adapter: fakeProvider(planted.answer ?? 'Hi', { name: 'openai' }),
    layers: [ids, layer, detaching(planted.detached, running), retry({ attempts: 2, minDelayMs: 1 })] as never,
    report: () => undefined,
  })
  const run = planted.group && group(planted.group.name, { attributes: planted.group.attributes })
  const request: ChatRequest = { model: 'm', messages: [{ role: 'user', content: 'Hi' }], ...planted.request }
  const caller = { ...planted.caller, ...(run && { parent: run }) }
  await outcomeOf(chat.complete(request, caller))
  await outcomeOf(
    (async () => {
      const made = await chat(request, caller)
      if (planted.leave !== undefined) await made.cancel(planted.leave)
      else await made.result()
    })(),
  )
  await Promise.allSettled(running)
  run?.end(planted.group?.error)
  return everything()
}

describe('with content on spans and events, no secret stands on any', () => {
  for (const [place, plant] of Object.entries(PLACES)) {
    test(`that was in ${place}`, async () => {
      await fc.assert(
        fc.asyncProperty(secrets, encodings, async (secret, encode) => {
          const planted = encode(secret)
          const told = await written(plant(planted))
          for (const form of new Set([secret, planted, JSON.stringify(planted).slice(1, -1)]))
            expect(told).not.toContain(form)
        }),
        { numRuns: 30 },
      )
    })
  }

  test('what is planted would be seen without redaction', async () => {
    for (const [place, plant] of Object.entries(PLACES)) {
      expect(await written(plant('BANANA')), place).toContain('BANANA')
    }
  })
})

test('what records leave out by a pattern, spans leave out too', async () => {
  const redact = { patterns: [/\bACME-\d{6}\b/] }
  const exporter = memoryExporter()
  const watch = telemetry({ exporters: [exporter], redact })
  const chat = pipeline(fakeProvider('Hi'), tracing({ redact }), watch)
  await chat.complete({ model: 'm', messages: [] }, { attributes: { order: 'ACME-123456' } })
  await watch.flush()
  expect(exporter.last.attributes).toEqual({ order: '[redacted]' })
  expect(otel.own[0]?.attributes['cepa.attribute.order']).toBe('[redacted]')
})

test('no part of a secret shows where a text is cut: in records, notes, groups, spans, events', async () => {
  const redact = { patterns: [/\bACME-\d{6}\b/] }
  const text = (secret: string, kept: number, limit: number) => `${'x'.repeat(limit - 3 - kept - 1)} ${secret} and more`
  for (const secret of ['4111111111111111', 'ACME-123456', 'jane.surname@mail.example.com']) {
    for (let kept = 6; kept < secret.length; kept++) {
      otel.reset()
      const exporter = memoryExporter()
      const watch = telemetry({ exporters: [exporter], redact })
      const cause = new Error(text(secret, kept, 200))
      const message = text(secret, kept, 1000)
      const failure = new ProviderError({ provider: 'p', kind: 'server', message, cause })
      const layers = [tracing({ redact, logger: otel.logger }), watch, retry({ minDelayMs: 1 })] as const
      const chat = pipeline(fakeProvider({ failure }), ...layers)
      const run = group('run')
      await outcomeOf(chat.complete({ model: 'm', messages: [] }, { parent: run }))
      run.end(failure)
      await watch.flush()
      expect(exporter.groups).toHaveLength(1)
      expect(JSON.stringify(exporter.items), `${kept} of ${secret}`).not.toContain(secret.slice(0, 6))
      expect(everything(), `${kept} of ${secret}`).not.toContain(secret.slice(0, 6))
    }
  }
})

describe('redaction by path', () => {
  const failure = new ProviderError({
    provider: 'openai',
    kind: 'server',
    message: 'my own words',
    providerRequestId: 'r1',
  })

  it('blanks what stands there in a record', async () => {
    const paths = [
      'attributes.user',
      'content.messages[*].content',
      'content.answers[*].reasoning',
      'parameters.tools',
      'attempts[*].providerRequestId',
    ]
    const planted: Planted = {
      caller: { attributes: { user: 'jane', tenant: 'acme' } },
      request: { ...user('my very own words'), tools: [{ name: 'my_tool', parameters: {} }] },
      answer: { steps: [{ reasoning: 'thinking hard' }, { text: 'visible' }], providerRequestId: 'r1' },
    }
    const seen = await written(planted)
    const told = await written(planted, { redact: { paths } })
    for (const word of ['jane', 'my very own words', 'thinking hard', 'my_tool', '"r1"']) {
      expect(seen).toContain(word)
      expect(told).not.toContain(word)
    }
    for (const word of ['acme', 'visible']) expect(told).toContain(word)
  })

  it('blanks the message of an error on the span, its attempts and the event, and the stack that begins with it', async () => {
    const planted: Planted = { answer: { failure } }
    expect(await written(planted)).toContain('my own words')
    const told = await written(planted, { redact: { paths: ['error.message', 'attempts[*].error.message'] } })
    expect(told).not.toContain('my own words')
    expect(told).toContain('exception.message')
    expect(told).not.toContain('exception.stacktrace')
  })

  it.each(['attempts', 'error', 'parameters', 'cost', 'durations', 'content', 'finish', '*', '*.*', 'attempts[*]'])(
    'ends every span whatever is blanked: %s',
    async (path) => {
      await written({ answer: 'Hi' }, { redact: { paths: [path] } })
      const ended = otel.own.length
      expect(ended).toBe(2)
      await written({ answer: { failure } }, { redact: { paths: [path] } })
      expect(otel.own.filter(({ name }) => !name.startsWith('attempt'))).toHaveLength(2)
      expect(everything()).not.toContain('undefined')
    },
  )

  it.each(['', 'a..b', 'a,b', 'a[', 'a]', '.a'])('refuses %j', (path) => {
    expect(() => tracing({ redact: { paths: [path] } })).toThrow(OptionError)
  })
})

describe('a function', () => {
  it('is short for what changes content', async () => {
    const shown = { request: user('open sesame'), answer: 'it opens' }
    const told = await written(shown, {
      redact: (_content, part) => (part === 'answer' ? { text: 'shown' } : undefined),
    })
    expect(told).not.toMatch(/sesame|it opens/)
    expect(told).toContain('shown')
  })
})
