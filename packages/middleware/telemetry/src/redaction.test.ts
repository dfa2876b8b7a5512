import {
  type AnyMiddleware,
  type ChatRequest,
  logNote,
  middleware,
  noteKey,
  OptionError,
  type Pipeline,
  ProviderError,
  pipeline,
  requestIdFact,
} from '@cepa/core'
import { type Answer, fakeProvider, memoryExporter, outcomeOf, virtualClock } from '@cepa/testing'
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { group as beginGroup, type TelemetryOptions, telemetry } from './index.ts'
import { Redaction } from './redaction.ts'

const request = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] } as const
const ownNote = noteKey<unknown>('own-note')

/** Where a secret can stand in a call, and the call that has it there. */
interface Planted {
  readonly request?: Partial<ChatRequest>
  readonly answer?: Answer
  readonly requestId?: string
  readonly attributes?: Record<string, string>
  readonly headers?: Record<string, string>
  readonly note?: unknown
  readonly log?: string
  readonly fault?: string
  readonly leave?: string
  readonly group?: { name: string; attributes: Record<string, string>; error?: Error }
}

const half = (text: string): readonly [string, string] => {
  const middle = Math.ceil(text.length / 2)
  return [text.slice(0, middle), text.slice(middle)]
}

const user = (content: unknown): Partial<ChatRequest> => ({ messages: [{ role: 'user', content }] as never })

const PLACES: Readonly<Record<string, (secret: string) => Planted>> = {
  'a message': (secret) => ({ request: user(`Please use ${secret} now`) }),
  'a part of a message': (secret) => ({ request: user([{ type: 'text', text: secret }]) }),
  'the system prompt': (secret) => ({ request: { messages: [{ role: 'system', content: `key: ${secret}` }] } }),
  'the address of an image': (secret) => ({
    request: user([{ type: 'image', image: { url: `https://x.example/?q=${encodeURIComponent(secret)}` } }]),
  }),
  'options of a part': (secret) => ({
    request: user([{ type: 'text', text: 'a', providerOptions: { note: secret } }]),
  }),
  'arguments of an earlier tool call': (secret) => ({
    request: {
      messages: [
        {
          role: 'assistant',
          content: [{ type: 'tool-call', id: '1', name: 'f', arguments: { deep: [{ at: secret }] } }],
        },
      ],
    },
  }),
  'the result of a tool': (secret) => ({
    request: { messages: [{ role: 'tool', content: [{ type: 'tool-result', id: '1', result: { out: secret } }] }] },
  }),
  'the name of a field': (secret) => ({
    request: { messages: [{ role: 'tool', content: [{ type: 'tool-result', id: '1', result: { [secret]: 1 } }] }] },
  }),
  'the name of a tool': (secret) => ({ request: { tools: [{ name: secret, parameters: {} }] } }),
  'the model': (secret) => ({ request: { model: secret } }),
  'provider options': (secret) => ({ request: { providerOptions: { auth: secret } } }),
  'the answer': (secret) => ({ answer: { steps: [{ text: `It is ${secret}.` }] } }),
  'the answer, split over two events': (secret) => ({
    answer: { steps: [{ text: 'It is ' }, ...half(secret).map((text) => ({ text })), { text: ' indeed' }] },
  }),
  'reasoning, split over two events': (secret) => ({
    answer: { steps: half(secret).map((reasoning) => ({ reasoning })) },
  }),
  'a part of an answer that fails': (secret) => ({
    answer: { steps: [...half(secret).map((text) => ({ text })), { error: { kind: 'server' } }] },
  }),
  'arguments of a tool call': (secret) => ({
    answer: { steps: [{ toolCall: { name: 'send', arguments: { body: { text: [secret] } } } }] },
  }),
  'the name of a tool call': (secret) => ({ answer: { steps: [{ toolCall: { name: secret, arguments: {} } }] } }),
  'ids of the provider': (secret) => ({ answer: { id: secret, model: secret, providerRequestId: secret, text: 'a' } }),
  'rate-limit headers': (secret) => ({
    answer: { text: 'a', attempt: { rateLimit: { 'remaining-requests': secret } } },
  }),
  'the server': (secret) => ({ answer: { text: 'a', attempt: { serverAddress: secret } } }),
  'an error of the provider': (secret) => ({ answer: { failure: { kind: 'auth', message: `bad key ${secret}` } } }),
  'fields of an error': (secret) => ({
    answer: {
      failure: new ProviderError({
        provider: 'fake',
        kind: 'auth',
        message: 'no',
        providerCode: secret,
        providerRequestId: secret,
      }),
    },
  }),
  'the cause of an error': (secret) => ({
    answer: {
      failure: new ProviderError({
        provider: 'fake',
        kind: 'network',
        message: 'no',
        cause: new Error('outer', { cause: Object.assign(new Error(`at ${secret}`), { code: secret }) }),
      }),
    },
  }),
  'an error that an SDK threw': (secret) => ({
    answer: {
      failure: Object.assign(new Error(`401 ${secret}`), { headers: { authorization: secret }, name: secret }),
    },
  }),
  'a thrown text': (secret) => ({ answer: { failure: Object.assign(new Error('x'), { cause: secret }) } }),
  'the id of the request': (secret) => ({ requestId: secret }),
  'a label': (secret) => ({ attributes: { tenant: secret } }),
  'the name of a label': (secret) => ({ attributes: { [secret]: 'x' } }),
  'a header': (secret) => ({ headers: { 'x-custom': secret, tracestate: secret } }),
  'a note': (secret) => ({ note: { at: [secret], [secret]: 1 } }),
  'a line for the log': (secret) => ({ log: secret }),
  'a broken hook': (secret) => ({ fault: secret }),
  'why it was left': (secret) => ({ answer: { text: 'a b c' }, leave: secret }),
  'a group': (secret) => ({ group: { name: secret, attributes: { user: secret }, error: new Error(secret) } }),
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
  alphanumeric(24).map((rest) => `Bearer ${rest}`),
  alphanumeric(8).map((name) => `${name}.surname@mail.example.com`),
  fc.constantFrom('4111111111111111', '5500 0055 5555 5559', '378282246310005'),
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 6, maxLength: 6 }).map((rest) => `ACME-${rest}`),
)

const base64 = (text: string) => Buffer.from(text).toString('base64')
const encodings = fc.constantFrom<(text: string) => string>(
  (text) => text,
  base64,
  (text) => Buffer.from(text).toString('base64url'),
  encodeURIComponent,
  (text) => [...Buffer.from(text)].map((byte) => `%${byte.toString(16)}`).join(''),
)

/** A layer that says what was planted: in notes, in a fault. */
const telling = ({ note, log, fault }: Planted): AnyMiddleware =>
  middleware({
    name: 'telling',
    start(call): undefined {
      if (note !== undefined) call.emit(ownNote, note)
      if (log !== undefined) call.emit(logNote, { level: 'info', message: log, fields: { field: log } })
      if (fault !== undefined) throw new Error(fault)
    },
  })

/** Keeps whatever id the caller brings. */
const ids = middleware({
  name: 'ids',
  gives: [requestIdFact],
  provide: (call) => call.give(requestIdFact, call.caller.requestId ?? 'own-id'),
})

/** Makes the call, and gives everything that leaves: by any exporter, observer or publisher. */
async function everythingTold(planted: Planted, options: TelemetryOptions = {}): Promise<string> {
  const clock = virtualClock()
  const [one, two] = [memoryExporter(), memoryExporter({ name: 'two', wants: ['call'] })]
  const told: unknown[] = []
  const watch = telemetry({
    exporters: [one, two],
    clock,
    capture: 'all',
    redact: { patterns: [/\bACME-\d{6}\b/] },
    propagate: true,
    report: (problem) => void told.push(problem.error.message),
    ...options,
  })
  watch.observe({
    start: (call) => told.push(call),
    record: (record) => told.push(record),
    note: (note) => told.push(note),
  })
  const provider = fakeProvider(planted.answer ?? 'Hi')
  const chat: Pipeline = pipeline({ adapter: provider, layers: [ids, watch, telling(planted)], clock })
  const run = planted.group && beginGroup(planted.group.name, { attributes: planted.group.attributes, clock })
  const caller = {
    ...(planted.attributes && { attributes: planted.attributes }),
    ...(planted.requestId && { requestId: planted.requestId }),
    ...(planted.headers && { headers: planted.headers }),
    ...(run && { parent: run }),
  }
  await clock.runUntil(
    outcomeOf(
      (async () => {
        const reply = await chat({ ...request, ...planted.request }, caller)
        if (planted.leave !== undefined) await reply.cancel(planted.leave)
        else await reply.result()
      })(),
    ),
  )
  run?.end(planted.group?.error)
  await clock.runUntil(watch.flush())
  told.push(one.items, two.items, chat.explain(), chat.explain({ json: true }), watch.stats())
  expect(one.records.length).toBe(1)
  return JSON.stringify(told)
}

describe('with everything captured, no secret reaches any exporter', () => {
  for (const [place, plant] of Object.entries(PLACES)) {
    test(`that stands in ${place}`, async () => {
      await fc.assert(
        fc.asyncProperty(secrets, encodings, async (secret, encode) => {
          const planted = encode(secret)
          const told = await everythingTold(plant(planted))
          for (const form of new Set([secret, planted, JSON.stringify(planted).slice(1, -1)]))
            expect(told).not.toContain(form)
        }),
        { numRuns: 40 },
      )
    })
  }

  test('what is planted would be seen without redaction', async () => {
    const told = await everythingTold({ request: user('the word BANANA-1234'), answer: { text: 'a PLUM-77 for you' } })
    expect(told).toContain('BANANA-1234')
    expect(told).toContain('PLUM-77')
  })

  test('a card number need not be a text', async () => {
    const args = { card: 4111111111111111, at: 1790000000000, big: 12n }
    const told = await everythingTold({
      answer: { steps: [{ toolCall: { name: 'pay', arguments: { ...args, big: 1 } } }] },
    })
    expect(told).not.toContain('4111111111111111')
    expect(told).toContain('1790000000000')
  })

  test('fields that are called like secrets go, whatever they hold', async () => {
    const told = await everythingTold({
      answer: { steps: [{ toolCall: { name: 'login', arguments: { password: 'hunter2', user: 'u7' } } }] },
      attributes: { 'api-key': 'plain-words' },
    })
    expect(told).not.toContain('hunter2')
    expect(told).not.toContain('plain-words')
    expect(told).toContain('u7')
  })
})

describe('redaction by path', () => {
  test('replaces fields of records, content, groups and notes', async () => {
    const told = await everythingTold(
      {
        attributes: { user: 'jane', tenant: 'acme' },
        request: user('my very own words'),
        answer: { steps: [{ reasoning: 'thinking hard' }, { text: 'visible' }] },
        note: { inner: { private: 'note words' } },
      },
      {
        redact: {
          paths: [
            'attributes.user',
            'content.messages[*].content',
            'content.answers[*].reasoning',
            'value.inner.private',
          ],
        },
      },
    )
    for (const word of ['jane"', 'my very own words', 'thinking hard', 'note words'])
      expect(told.slice(told.indexOf('cepa.call'))).not.toContain(word)
    for (const word of ['acme', 'visible']) expect(told).toContain(word)
    expect(told).not.toContain('restore')
  })

  test.each(['', 'a..b', 'a,b', 'a[', 'a]', '.a'])('refuses %j', (path) => {
    expect(() => telemetry({ redact: { paths: [path] } })).toThrow(OptionError)
  })
})

describe('a redactor of one’s own', () => {
  const said: Planted = { request: user('open sesame'), answer: { text: 'it opens' } }

  test('decides what is shown, and is scrubbed after', async () => {
    const told = await everythingTold(said, {
      redact: { content: (_, part) => (part === 'answer' ? 'sk-proj-abcdefgh shown' : undefined) },
    })
    expect(told).not.toMatch(/sesame|it opens|sk-proj/)
    expect(told).toContain('[redacted] shown')
  })

  const failing: readonly (readonly [string, NonNullable<TelemetryOptions['redact']>['content']])[] = [
    [
      'throws',
      () => {
        throw new Error('oops')
      },
    ],
    ['is asynchronous', (async () => 'x') as never],
    ['gives something of another form', () => 5],
    ['breaks messages', (content, part) => (part === 'answer' ? {} : [{ who: 'x' }, content])],
  ]
  test.each(failing)('that %s shows nothing', async (_, content) => {
    const told = await everythingTold(said, { redact: { content: content as never } })
    expect(told).not.toMatch(/sesame|it opens/)
    expect(told).toMatch(/withheld/)
  })

  test('does not hold the record back', async () => {
    const clock = virtualClock()
    const exporter = memoryExporter()
    const content = () => {
      throw new Error('oops')
    }
    const watch = telemetry({
      exporters: [exporter],
      clock,
      capture: 'all',
      redact: { content },
      report: () => undefined,
    })
    await clock.runUntil(pipeline({ adapter: fakeProvider('Hi'), layers: [watch], clock }).complete(request))
    await clock.runUntil(watch.flush())
    expect(exporter.last).toMatchObject({ ending: 'done', content: { withheld: ['request', 'answer'] } })
  })
})

test('what cannot be redacted does not leave, and is counted', async () => {
  const clock = virtualClock()
  const exporter = memoryExporter()
  const watch = telemetry({ exporters: [exporter], clock, report: () => undefined, level: 'calls' })
  const seen: unknown[] = []
  watch.onRecord((record) => seen.push(record))
  const chat = pipeline({ adapter: fakeProvider('Hi'), layers: [watch], clock })
  const broken = vi.spyOn(Redaction.prototype, 'record').mockImplementationOnce(() => {
    throw new Error('oops')
  })
  await clock.runUntil(chat.complete(request))
  await clock.runUntil(chat.complete(request))
  await clock.runUntil(watch.flush())
  broken.mockRestore()
  expect([exporter.records.length, seen.length]).toEqual([1, 1])
  expect(watch.stats()).toMatchObject({ withheld: 1, records: 1 })
  expect(watch.stats().exporters[0]?.lost).toEqual({ withheld: 1 })
  expect(exporter.losses[0]?.lost).toEqual({ withheld: 1 })
})
