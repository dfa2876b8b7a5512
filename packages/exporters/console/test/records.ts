import {
  type CallRecord,
  GROUP_SCHEMA,
  type GroupRecord,
  RECORD_SCHEMA,
  type RecordedAttempt,
  type RecordedError,
} from '@cepa/core'

/** 2026-03-01T03:12:44Z */
export const startedAtMs: number = Date.UTC(2026, 2, 1, 3, 12, 44)

const trace = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', sampled: true }

/** A call in which nothing remarkable happened; `more` for what matters. */
export const callRecord = (more: Partial<CallRecord> = {}): CallRecord => ({
  schema: RECORD_SCHEMA,
  id: 'c-1',
  requestId: 'r-1',
  pipeline: 'chat',
  operation: 'chat',
  mode: 'stream',
  startedAtMs,
  provider: 'openai',
  model: 'gpt-4o',
  parameters: { messages: 3 },
  attributes: {},
  ending: 'done',
  durations: { totalMs: 1241.3, providerMs: 1200.1, consumerMs: 41.2 },
  attempts: [],
  ...more,
})

export const attempt = (more: Partial<RecordedAttempt> = {}): RecordedAttempt => ({
  index: 0,
  provider: 'openai',
  model: 'gpt-4o',
  startMs: 1,
  durationMs: 1000,
  ending: 'done',
  won: true,
  status: 200,
  ...more,
})

export const rateLimited: RecordedError = {
  name: 'ProviderError',
  message: 'Rate limit reached',
  code: 'CEPA_PROVIDER',
  kind: 'rate-limit',
  status: 429,
  retryable: true,
  providerRequestId: 'req_9',
}

export const groupRecord = (more: Partial<GroupRecord> = {}): GroupRecord => ({
  schema: GROUP_SCHEMA,
  id: 'g-1',
  name: 'nightly',
  trace,
  attributes: {},
  startedAtMs,
  durationMs: 3_671_000,
  ending: 'done',
  groups: 0,
  calls: 0,
  openCalls: 0,
  endings: {},
  attempts: 0,
  cacheHits: 0,
  inputTokens: 0,
  outputTokens: 0,
  costUsd: 0,
  knownCostUsd: 0,
  ...more,
})
