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

const body = fc.string({
  unit: fc.constantFrom(...'ABCDEFGHIJKLMabcdefghijklm0123456789'),
  minLength: 24,
  maxLength: 40,
})
const key = fc
  .tuple(fc.constantFrom('sk-proj-', 'sk-ant-api03-', 'AIza1', 'gsk_1', 'xai-1', 'Bearer '), body)
  .map(([form, text]) => form + text)

/** Everything that logging puts out for one call in whose every field there is a key. */
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
    logging({ logger, level: 'debug', content: true, onResponse: fieldsOnly, onError: fieldsOnly }),
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

/** What must not be seen of a secret: all of it but the word before it. */
const secretPart = (secret: string): string => secret.replace('Bearer ', '')

test.each<[string, (secret: string) => Script]>([
  [
    'an answer',
    (secret) => [{ text: `it is ${secret.slice(0, 9)}` }, { text: secret.slice(9) }, { reasoning: secret }],
  ],
  ['a tool call', (secret) => [{ toolCall: { name: secret, arguments: { key: secret } } }]],
  [
    'an error before headers',
    (secret) => ({ failure: { status: 401, message: `Incorrect API key provided: ${secret}`, providerCode: secret } }),
  ],
  [
    'an error in the middle',
    (secret) => [{ text: 'a' }, { error: new Error(`leaked ${secret}`, { cause: `because of ${secret}` }) }],
  ],
  ['what the provider calls itself', (secret) => ({ text: 'a', model: secret, id: secret, providerRequestId: secret })],
])('no key of %s, request, header, label, note or cause reaches a line or a callback’s fields', async (_, script) => {
  await fc.assert(
    fc.asyncProperty(key, async (secret) => {
      expect(await everythingOf(secret, script(secret))).not.toContain(secretPart(secret))
    }),
    { numRuns: 40 },
  )
})

test('what is looked for would be found', async () => {
  expect(await everythingOf('a harmless value', 'it is a harmless value')).toContain('a harmless value')
})
