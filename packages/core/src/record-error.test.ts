import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ProviderError, TimeoutError } from './errors.ts'
import { recordedError } from './record-error.ts'
import { textScrubber } from './text-scrubber.ts'

test('an error is data: what it was, without its stack', () => {
  const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
  const error = new ProviderError({
    provider: 'openai',
    kind: 'network',
    message: 'no connection',
    status: 502,
    retryAfterMs: 50,
    providerRequestId: 'req_1',
    providerCode: 'bad_gateway',
    cause,
  })
  expect(recordedError(error)).toEqual({
    name: 'ProviderError',
    message: 'no connection',
    code: 'CEPA_PROVIDER',
    kind: 'network',
    retryable: true,
    status: 502,
    retryAfterMs: 50,
    providerRequestId: 'req_1',
    providerCode: 'bad_gateway',
    causes: [{ name: 'Error', message: 'connect ECONNREFUSED', code: 'ECONNREFUSED' }],
  })
  expect(recordedError(new TimeoutError({ limit: 'idle', limitMs: 5, setBy: 'timeout' }))).toMatchObject({
    code: 'CEPA_TIMEOUT',
    kind: 'timeout',
    limit: 'idle',
    limitMs: 5,
    setBy: 'timeout',
  })
})

test('texts are cut and without keys, causes end', () => {
  const circular: Error & { cause?: unknown } = new Error(`no ${'x'.repeat(5000)}`)
  circular.cause = new Error('key sk-proj-abcdefghijkl', { cause: circular })
  const told = recordedError(circular)
  expect(told.message.length).toBeLessThan(1001)
  expect(told.causes).toHaveLength(4)
  expect(told.causes?.[0]?.message).toBe('key [redacted]')
})

test('anything can be thrown', () => {
  fc.assert(
    fc.property(fc.anything({ withBigInt: true, withNullPrototype: true, withDate: true }), (thrown) => {
      const told = recordedError(thrown)
      expect(JSON.parse(JSON.stringify(told))).toEqual(told)
    }),
  )
  const hostile = new Proxy(new Error('x'), {
    get: (target, name) => {
      if (name === 'message' || name === 'cause') throw new Error('no')
      return Reflect.get(target, name)
    },
  })
  expect(recordedError(hostile)).toEqual({ name: 'Error', message: '' })
})

test('a secret that stands where a text is cut does not show in part', () => {
  const scrub = textScrubber({ patterns: [/\bACME-\d{6}\b/] })
  const before = (secret: string, kept: number, limit: number) =>
    `${'x'.repeat(limit - 3 - kept - 1)} ${secret} and more`
  for (const secret of [
    '4111111111111111',
    'ACME-123456',
    'jane.surname@mail.example.com',
    'sk-proj-abcdefghijklmnop',
  ]) {
    for (let kept = 6; kept < secret.length; kept++) {
      const cause = new Error(before(secret, kept, 200), { cause: before(secret, kept, 200) })
      const error = new ProviderError({
        provider: 'p',
        kind: 'auth',
        message: before(secret, kept, 1000),
        providerCode: before(secret, kept, 200),
        providerRequestId: before(secret, kept, 200),
        cause,
      })
      expect(JSON.stringify(recordedError(error, scrub)), `${kept} of ${secret}`).not.toContain(secret.slice(0, 6))
    }
  }
})

test('what is taken out by default is what records leave out', () => {
  const told = recordedError(new Error('mail jane@mail.example.com about 4111111111111111'))
  expect(told.message).toBe('mail [redacted] about [redacted]')
})
