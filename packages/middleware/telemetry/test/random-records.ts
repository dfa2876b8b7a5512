import type { CallRecord, EndingKind, ProviderErrorKind, RecordedAttempt, RecordedError } from '@cepa/core'
import fc from 'fast-check'

/** A record of a call that went well, with what is said of it. */
export function recordOf(said: Partial<CallRecord> = {}): CallRecord {
  const durations = { totalMs: 100, providerMs: 90, consumerMs: 10 }
  return {
    schema: 'cepa.call/1',
    id: '00000000-0000-4000-8000-000000000000',
    requestId: 'r-1',
    pipeline: 'chat',
    operation: 'chat',
    mode: 'stream',
    startedAtMs: 0,
    provider: 'openai',
    model: 'gpt',
    parameters: {},
    attributes: {},
    ending: 'done',
    durations,
    attempts: [attemptOf()],
    ...said,
  }
}

/** An attempt that answered, with what is said of it. */
export const attemptOf = (said: Partial<RecordedAttempt> = {}): RecordedAttempt => ({
  index: 0,
  provider: 'openai',
  model: 'gpt',
  startMs: 0,
  durationMs: 90,
  ending: 'done',
  won: true,
  ...said,
})

/** The error of an attempt or a call. */
export const errorOf = (kind: ProviderErrorKind, said: Partial<RecordedError> = {}): RecordedError => ({
  name: 'ProviderError',
  message: 'no',
  code: 'CEPA_PROVIDER',
  kind,
  ...said,
})

const KINDS: readonly ProviderErrorKind[] = ['rate-limit', 'overloaded', 'server', 'timeout', 'network', 'auth']
const ENDINGS: readonly EndingKind[] = ['done', 'failed', 'aborted', 'abandoned', 'unread']

const milliseconds = fc.double({ min: 0, max: 300_000, noNaN: true })
const tokens = fc.integer({ min: 0, max: 200_000 })
/** Eighths of a cent, so that sums are exact in any order. */
const usd = fc.integer({ min: 0, max: 80_000 }).map((eighths) => eighths / 1024)

const error: fc.Arbitrary<RecordedError> = fc.oneof(
  fc.constantFrom(...KINDS).map((kind) => errorOf(kind)),
  fc.constantFrom(
    { name: 'AbortError', message: 'no', code: 'CEPA_ABORTED' },
    { name: 'TypeError', message: 'no' },
    { name: 'CacheMissError', message: 'no', code: 'CEPA_CACHE_MISS' },
  ),
)

const withError = (ending: EndingKind, found: RecordedError): { ending: EndingKind; error?: RecordedError } =>
  ending === 'failed' || ending === 'aborted' ? { ending, error: found } : { ending }

const attempt: fc.Arbitrary<RecordedAttempt> = fc
  .record({
    provider: fc.constantFrom('openai', 'anthropic', 'gemini'),
    model: fc.constantFrom('small', 'large'),
    durationMs: milliseconds,
    ending: fc.constantFrom(...ENDINGS),
    error,
    status: fc.option(fc.constantFrom(200, 429, 500), { nil: undefined }),
  })
  .map(({ ending, error: found, status, ...rest }) => ({
    index: 0,
    startMs: 0,
    won: false,
    ...rest,
    ...withError(ending, found),
    ...(status !== undefined && { status }),
  }))

const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined })

/** An object without its fields that are `undefined`, as records are. */
function present<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }
}

const usage = fc
  .record({ inputTokens: maybe(tokens), outputTokens: maybe(tokens), cacheReadTokens: maybe(tokens) })
  .map((fields) => ({ ...present(fields), source: 'provider' as const }))

const durations = fc
  .record({ totalMs: milliseconds, providerMs: milliseconds, firstTokenMs: maybe(milliseconds) })
  .map((fields) => ({ ...present(fields), consumerMs: 0 }))

const cache = fc
  .record({
    outcome: fc.constantFrom('hit', 'miss', 'stale', 'joined', 'bypass', 'refresh', 'record', 'error'),
    savedUsd: maybe(usd),
  })
  .map(present)

const ended = fc
  .record({ ending: fc.constantFrom(...ENDINGS), error })
  .map(({ ending, error: found }) => withError(ending, found))

/** Records of all kinds of calls. Whether their fields make sense together is not their point. */
export const anyRecord: fc.Arbitrary<CallRecord> = fc
  .record({
    ended,
    provider: fc.constantFrom('openai', 'anthropic'),
    model: fc.constantFrom('small', 'large', 'huge'),
    operation: fc.constantFrom('chat', 'embed'),
    attributes: fc.constantFrom({}, { tenant: 'a' }, { tenant: 'b', user: 'u' }),
    durations,
    attempts: fc.array(attempt, { maxLength: 3 }),
    spent: maybe(usage),
    cost: maybe(
      maybe(usd).map((known) => ({ attempts: [], ...(known === undefined ? { unknown: '?' } : { usd: known }) })),
    ),
    cache: maybe(cache),
    bytesSent: maybe(tokens),
    bytesReceived: maybe(tokens),
  })
  .map(({ ended: how, ...fields }) => recordOf({ ...present(fields), ...how }))
