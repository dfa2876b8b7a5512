import {
  type ChatRequest,
  type Logger,
  logNote,
  middleware,
  ProviderError,
  pipeline,
  requestIdFact,
  retryNote,
} from '@cepa/core'
import { collect, fakeProvider, outcomeOf, type Script } from '@cepa/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { consoleLine } from './console-line.ts'
import { type LoggedError, type LoggedResponse, logging } from './index.ts'

const alphanumeric = (length: number) =>
  fc.string({
    unit: fc.constantFrom(...'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789'),
    minLength: length,
    maxLength: length,
  })

/** Secrets of every kind that is known, and of one's own. */
const secrets = fc.oneof(
  fc
    .tuple(fc.constantFrom('sk-proj-', 'sk-ant-api03-', 'AIza1', 'gsk_1', 'xai-1', 'Bearer '), alphanumeric(30))
    .map(([form, text]) => form + text),
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

/** Everything that logging puts out for one call in whose every field something is planted. */
async function everythingOf(secret: string, script: Script): Promise<string> {
  const out: unknown[] = []
  const logger: Logger = {
    log(level, message, fields) {
      out.push({ level, message, fields }, consoleLine({ level, message, fields }, { colors: false, time: 0 }))
    },
  }
  const fieldsOnly = ({ fields }: LoggedResponse | LoggedError) => out.push(fields)
  const error = new ProviderError({
    provider: 'p',
    kind: 'auth',
    message: `refused ${secret}`,
    cause: new Error(`key ${secret}`),
  })
  const teller = middleware({
    name: 'teller',
    start(call) {
      call.emit(logNote, {
        level: 'info',
        message: `used ${secret}`,
        fields: { headers: { authorization: secret }, deep: [{ text: secret, [secret]: 1 }], error },
      })
      call.emit(retryNote, { attempt: 1, delayMs: 5, error })
    },
    event() {
      throw new TypeError(`hook broke over ${secret}`)
    },
  })
  const keepsAnyId = middleware({
    name: 'keepsAnyId',
    gives: [requestIdFact],
    provide: (call) => call.give(requestIdFact, call.caller.requestId ?? 'none'),
  })
  const layers = [
    keepsAnyId,
    logging({
      logger,
      patterns: [/\bACME-\d{6}\b/],
      level: 'debug',
      content: true,
      onResponse: fieldsOnly,
      onError: fieldsOnly,
    }),
    teller,
  ] as const
  const chat = pipeline(fakeProvider(script), ...layers)
  const request: ChatRequest = {
    model: `model ${secret}`,
    messages: [
      { role: 'user', content: `my key is ${secret}` },
      { role: 'tool', content: [{ type: 'tool-result', id: 'c', result: { [secret]: [secret] } }] },
    ],
  }
  const headers = { authorization: secret, 'x-api-key': secret, cookie: `session=${secret}` }
  const options = { headers, attributes: { [`tenant ${secret}`]: secret }, requestId: secret }
  await collect(chat(request, options)).catch(() => undefined)
  await outcomeOf(chat.complete(request, options))
  return JSON.stringify(out)
}

/** What must not be seen of a secret: all of it but the word before it, as it is and as it was planted. */
const formsOf = (secret: string, planted: string): readonly string[] => [
  ...new Set([secret.replace('Bearer ', ''), planted, JSON.stringify(planted).slice(1, -1)]),
]

const half = (text: string): readonly [string, string] => {
  const at = Math.floor(text.length / 2)
  return [text.slice(0, at), text.slice(at)]
}

test.each<[string, (secret: string) => Script]>([
  [
    'an answer',
    (secret) => {
      const [one, two] = half(secret)
      return [{ text: `it is ${one}` }, { text: two }, { reasoning: one }, { reasoning: two }]
    },
  ],
  ['a tool call', (secret) => [{ toolCall: { name: secret, arguments: { key: secret, deep: [{ [secret]: 1 }] } } }]],
  [
    'an error before headers',
    (secret) => ({ failure: { status: 401, message: `Incorrect API key provided: ${secret}`, providerCode: secret } }),
  ],
  [
    'an error in the middle',
    (secret) => [{ text: 'a' }, { error: new Error(`leaked ${secret}`, { cause: `because of ${secret}` }) }],
  ],
  ['what the provider calls itself', (secret) => ({ text: 'a', model: secret, id: secret, providerRequestId: secret })],
  [
    'an SDK’s error',
    (secret) => ({
      failure: Object.assign(new Error(`401 ${secret}`, { cause: { message: secret, code: secret } }), {
        name: secret,
        code: secret,
        headers: { authorization: secret },
      }),
    }),
  ],
])(
  'no secret of %s, request, header, label, note or cause reaches a line or a callback’s fields',
  async (_, script) => {
    await fc.assert(
      fc.asyncProperty(secrets, encodings, async (secret, encode) => {
        const planted = encode(secret)
        const told = await everythingOf(planted, script(planted))
        for (const form of formsOf(secret, planted)) expect(told).not.toContain(form)
      }),
      { numRuns: 60 },
    )
  },
)

test('what is looked for would be found', async () => {
  expect(await everythingOf('a harmless value', 'it is a harmless value')).toContain('a harmless value')
})

test('a card number need not be a text', async () => {
  const lines: unknown[] = []
  const logger: Logger = { log: (_level, message, fields) => void lines.push(message, fields) }
  const teller = middleware({
    name: 'teller',
    start: (call): undefined =>
      void call.emit(logNote, {
        level: 'info',
        message: 'paid',
        fields: { card: 4111111111111111, at: 1790000000000 },
      }),
  })
  const script = [{ toolCall: { name: 'pay', arguments: { card: 5555555555554444 } } }]
  const chat = pipeline(fakeProvider(script), logging({ logger, content: true }), teller)
  await chat.complete({ model: 'm', messages: [{ role: 'user', content: 'Hi' }] })
  const told = JSON.stringify(lines)
  expect(told).not.toMatch(/4111111111111111|5555555555554444/)
  expect(told).toContain('1790000000000')
})

test('what is not to be taken out stays', async () => {
  const lines: unknown[] = []
  const logger: Logger = { log: (_level, message, fields) => void lines.push(message, fields) }
  const attributes = { user: 'jane@mail.example.com', card: '4111111111111111' }
  const request: ChatRequest = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] }
  await pipeline(fakeProvider('a'), logging({ logger, emails: false })).complete(request, { attributes })
  expect(JSON.stringify(lines)).toContain('jane@mail.example.com')
  expect(JSON.stringify(lines)).not.toContain('4111111111111111')
  await pipeline(fakeProvider('a'), logging({ logger, cards: false })).complete(request, { attributes })
  expect(JSON.stringify(lines)).toContain('4111111111111111')
  expect(() => logging({ patterns: ['ACME'] as never })).toThrow('patterns')
})

test('no part of a secret shows where a message, a cause or a stack is cut', async () => {
  const secret = 'jane.surname@mail.example.com'
  for (const [limit, at] of [
    [1000, 'message'],
    [200, 'cause'],
  ] as const) {
    for (let kept = 5; kept < secret.length; kept++) {
      const lines: unknown[] = []
      const logger: Logger = { log: (_level, message, fields) => void lines.push(message, fields) }
      const text = `${'x'.repeat(limit - 3 - kept - (at === 'cause' ? 'Error: '.length + 1 : 1))} ${secret} and more`
      const failure = at === 'message' ? new Error(text) : new Error('no', { cause: new Error(text) })
      await outcomeOf(
        pipeline(fakeProvider({ failure }), logging({ logger })).complete({
          model: 'm',
          messages: [{ role: 'user', content: 'Hi' }],
        }),
      )
      expect(JSON.stringify(lines), `${at}, ${kept}`).not.toContain('jane.')
    }
  }
})
