import {
  AbortedError,
  ClosedError,
  ContractError,
  EndedError,
  OptionError,
  ProviderError,
  TimeoutError,
} from '@cepa/core'
import { expect, test } from 'vitest'
import { decide, type Judge } from './retry-decision.ts'
import { checkRetryOptions, type RetryOn } from './retry-options.ts'

const { settings } = checkRetryOptions({ jitter: 'none' })
const judge = (retryOn?: RetryOn): Judge => ({ settings, retryOn, random: () => 0.5 })
const provider = (kind: ProviderError['kind'], more: object = {}): ProviderError =>
  new ProviderError({ provider: 'fake', kind, message: kind, ...more })

test.each(['rate-limit', 'overloaded', 'server', 'timeout', 'network', 'truncated', 'malformed'] as const)(
  '%s goes away: it is tried again',
  (kind) => {
    expect(decide({ error: provider(kind), attempt: 1 }, judge())).toEqual({ delayMs: 500 })
  },
)

test.each([
  'quota',
  'auth',
  'permission',
  'invalid-request',
  'context-length',
  'content-filter',
  'not-found',
  'unknown',
] as const)('%s does not: it is not', (kind) => {
  expect(decide({ error: provider(kind), attempt: 1 }, judge())).toEqual({ stopped: 'not retryable' })
})

test('the error itself has the word, whatever its kind', () => {
  expect(decide({ error: provider('server', { retryable: false }), attempt: 1 }, judge())).toHaveProperty('stopped')
  expect(decide({ error: provider('unknown', { retryable: true }), attempt: 1 }, judge())).toHaveProperty('delayMs')
  const limit = (name: 'idle' | 'deadline') => new TimeoutError({ limit: name, limitMs: 5, setBy: 'timeout' })
  expect(decide({ error: limit('idle'), attempt: 1 }, judge())).toHaveProperty('delayMs')
  expect(decide({ error: limit('deadline'), attempt: 1 }, judge())).toHaveProperty('stopped')
})

test('what the stack says of itself is never retried, not even when retryOn would', () => {
  const errors = [
    new AbortedError('enough'),
    new ContractError('layer', 'R8', 'broke'),
    new OptionError({ owner: 'x', field: 'y', value: 'z', remedy: 'w' }),
    new ClosedError('chat'),
    new EndedError('left'),
  ]
  for (const error of errors) {
    expect(
      decide(
        { error, attempt: 1 },
        judge(() => true),
      ),
    ).toEqual({ stopped: 'not retryable' })
  }
})

test('an unknown error is not retried unless retryOn says so', () => {
  const error = new TypeError('cannot read properties of undefined')
  expect(decide({ error, attempt: 1 }, judge())).toEqual({ stopped: 'not retryable' })
  expect(
    decide(
      { error, attempt: 1 },
      judge(() => true),
    ),
  ).toEqual({ delayMs: 500 })
  expect(
    decide(
      { error: provider('server'), attempt: 1 },
      judge(() => false),
    ),
  ).toEqual({ stopped: 'retryOn said no' })
  expect(
    decide(
      { error: provider('server'), attempt: 1 },
      judge(() => undefined),
    ),
  ).toEqual({ delayMs: 500 })
})

test('retryOn hears the error and the attempt', () => {
  const heard: unknown[] = []
  const error = provider('server')
  decide(
    { error, attempt: 2 },
    judge((...said) => void heard.push(said)),
  )
  expect(heard).toEqual([[error, 2]])
})

test('the last attempt is the last', () => {
  expect(decide({ error: provider('server'), attempt: 2 }, judge())).toEqual({ delayMs: 1000 })
  expect(decide({ error: provider('server'), attempt: 3 }, judge())).toEqual({ stopped: 'the last of 3 attempts' })
  const once = { ...judge(), settings: { ...settings, attempts: 1 } }
  expect(decide({ error: provider('server'), attempt: 1 }, once)).toEqual({ stopped: 'one attempt only' })
})

test('Retry-After is obeyed up to its ceiling, and above it there is no retry', () => {
  const asked = (retryAfterMs: number) =>
    decide({ error: provider('rate-limit', { retryAfterMs }), attempt: 1 }, judge())
  expect(asked(20)).toEqual({ delayMs: 20 })
  expect(asked(60_000)).toEqual({ delayMs: 60_000 })
  expect(asked(60_001)).toEqual({ stopped: 'the provider asks to wait 60001 ms, above the ceiling of 60000 ms' })
  expect(asked(0)).toEqual({ delayMs: 500 })
})
