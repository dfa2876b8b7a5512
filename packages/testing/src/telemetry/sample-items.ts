import {
  type CallRecord,
  GROUP_SCHEMA,
  type GroupRecord,
  LOSS_SCHEMA,
  type LossRecord,
  NOTE_SCHEMA,
  RECORD_SCHEMA,
  type RecordedAttempt,
  type RecordedError,
  type RecordedNote,
  type TelemetryItem,
  type Usage,
} from '@cepa/core'

/** Wall clock of all samples, milliseconds since the Unix epoch. */
const AT_MS = Date.UTC(2026, 0, 1)

const uuid = (n: number): string => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`
const spanOf = (n: number): string => (n + 1).toString(16).padStart(16, '0')
const traceOf = (n: number): string => (n + 1).toString(16).padStart(32, '0')

/** The least that a record has. */
export const sampleRecord = (n: number, more: Partial<CallRecord> = {}): CallRecord => ({
  schema: RECORD_SCHEMA,
  id: uuid(n),
  requestId: `request-${n}`,
  pipeline: 'kit',
  trace: { traceId: traceOf(n), spanId: spanOf(n), sampled: true },
  operation: 'chat',
  mode: 'stream',
  startedAtMs: AT_MS + n,
  provider: 'openai',
  model: 'kit-model',
  parameters: {},
  attributes: {},
  ending: 'done',
  durations: { totalMs: 100, providerMs: 90, consumerMs: 10 },
  attempts: [],
  ...more,
})

/** A text in which everything is that breaks formats: quotes, line ends, other scripts, half a surrogate pair. */
const ODD_TEXT = '"quoted" \\ line\r\nend \u2028 {json: true} , = # ümläut 漢字 🧅 \u0000 \ud800'

const USAGE = {
  inputTokens: 120,
  outputTokens: 30,
  cacheReadTokens: 20,
  cacheWriteTokens: 10,
  reasoningTokens: 5,
  serverToolUses: { web_search: 1 },
  serviceTier: 'default',
  source: 'provider',
} as const satisfies Usage

const ERROR: RecordedError = {
  name: 'ProviderError',
  message: ODD_TEXT,
  code: 'CEPA_PROVIDER',
  kind: 'rate-limit',
  status: 429,
  retryable: true,
  retryAfterMs: 500,
  causes: [{ name: 'Error', message: ODD_TEXT, code: 'ECONNRESET' }],
}

const TARGET = { provider: 'openai', model: 'kit-model', serverAddress: 'api.example', serverPort: 443 } as const

/** Two attempts, the first of which failed. */
const attemptsOf = (n: number): readonly RecordedAttempt[] => [
  {
    index: 0,
    spanId: spanOf(n + 500),
    ...TARGET,
    startMs: 0,
    durationMs: 100,
    ending: 'failed',
    won: false,
    status: 429,
    rateLimit: { 'remaining-requests': '0' },
    error: ERROR,
  },
  {
    index: 1,
    spanId: spanOf(n + 501),
    ...TARGET,
    startMs: 150,
    durationMs: 1000,
    headersMs: 50,
    ending: 'done',
    won: true,
    status: 200,
    providerRequestId: 'req_1',
    bytesSent: 2000,
    bytesReceived: 9000,
    wireBytesReceived: 3000,
    apiType: 'chat_completions',
    systemFingerprint: 'fp_1',
    usage: USAGE,
  },
]

/** What was asked and answered. */
const ASKED = {
  parameters: { temperature: 0.5, maxOutputTokens: 100, stop: 2, tools: ['search'], messages: 3, outputType: 'json' },
  attributes: { tenant: ODD_TEXT, 'odd name.with-all': 'x', 'gen_ai.own': 'y' },
  responseModel: 'kit-model-2026',
  responseId: 'resp-1',
  finish: 'tool-calls',
  finishRaw: 'tool_calls',
  toolCalls: ['search'],
  content: {
    messages: [{ role: 'user', content: ODD_TEXT }],
    answers: [{ text: ODD_TEXT, toolCalls: [{ id: '1', name: 'search', arguments: { q: ODD_TEXT } }] }],
    cutBytes: 12,
  },
} as const

/** Everything that was measured. */
const MEASURED = {
  durations: {
    totalMs: 1234.5678,
    headersMs: 200,
    firstTokenMs: 300.25,
    gaps: { count: 10, meanMs: 20, p50Ms: 15, p95Ms: 60, maxMs: 80 },
    outputTokensPerSecond: 32.5,
    providerMs: 1200,
    consumerMs: 34.5678,
  },
  usage: USAGE,
  spent: { ...USAGE, inputTokens: 240 },
  cost: { usd: 0.001234, basis: 'provider', attempts: [{ usd: 0 }, { usd: 0.001234, parts: { input: 0.001 } }] },
  cache: { outcome: 'miss', keyHash: 'abc', lookupMs: 1.5 },
  bytesSent: 2000,
  bytesReceived: 9000,
  wireBytesReceived: 3000,
  faults: [{ middleware: 'own', hook: 'event', error: { name: 'TypeError', message: 'x is undefined' } }],
  selfTimes: [{ layer: 'cache', hook: 'handle', ms: 0.125, runs: 1 }],
} as const

/** A record in which nearly every field is there. */
export const fullRecord = (n: number): CallRecord =>
  sampleRecord(n, {
    ...ASKED,
    ...MEASURED,
    groups: [{ id: uuid(900), name: 'group' }],
    attempts: attemptsOf(n),
    sampling: { reason: 'head', weight: 10 },
  })

const failedRecord = (n: number): CallRecord =>
  sampleRecord(n, {
    ending: 'failed',
    error: { name: 'TypeError', message: '', causes: [{ name: 'Error', message: 'x' }] },
  })

const hitRecord = (n: number): CallRecord =>
  sampleRecord(n, {
    mode: 'complete',
    usage: { inputTokens: 5, outputTokens: 2, source: 'cache' },
    cache: { outcome: 'hit', ageMs: 5, saved: { inputTokens: 5, source: 'provider' }, savedUsd: 0.1, savedMs: 900 },
  })

const embedRecord = (n: number): CallRecord =>
  sampleRecord(n, {
    operation: 'embed',
    parameters: { inputs: 2, dimensions: 8 },
    ending: 'abandoned',
    reason: 'enough',
  })

const sampleNote = (n: number): RecordedNote => ({
  schema: NOTE_SCHEMA,
  name: 'attempt-start',
  from: 'adapter:openai',
  callId: uuid(n),
  requestId: `request-${n}`,
  pipeline: 'kit',
  traceId: traceOf(n),
  spanId: spanOf(n),
  atMs: AT_MS + n,
  sinceStartMs: 1.5,
  value: { index: 0, provider: 'openai', odd: ODD_TEXT },
})

const sampleGroup = (n: number): GroupRecord => ({
  schema: GROUP_SCHEMA,
  id: uuid(n),
  name: 'group',
  trace: { traceId: traceOf(n), spanId: spanOf(n), sampled: true },
  attributes: { user: ODD_TEXT },
  startedAtMs: AT_MS,
  durationMs: 500,
  ending: 'done',
  groups: 0,
  calls: 3,
  openCalls: 0,
  endings: { done: 2, failed: 1 },
  attempts: 3,
  cacheHits: 1,
  inputTokens: 10,
  outputTokens: 5,
  costUsd: 0.5,
  knownCostUsd: 0.5,
})

const sampleLoss = (): LossRecord => ({
  schema: LOSS_SCHEMA,
  sinceMs: AT_MS,
  atMs: AT_MS + 5,
  lost: { full: 3, failed: 1 },
})

/** A record as a later version may send it: with fields that are not known yet. */
const laterRecord = (n: number): CallRecord => ({ ...sampleRecord(n), laterField: { deep: [1, null] } }) as CallRecord

const RECORDS = [sampleRecord, fullRecord, failedRecord, hitRecord, embedRecord, laterRecord]

/** One item, or several, of each kind; ids are counted from `first`. */
export function sampleItems(type: TelemetryItem['type'], first: number): readonly TelemetryItem[] {
  if (type === 'call') return RECORDS.map((make, index) => ({ type, record: make(first + index) }))
  if (type === 'group') return [{ type, group: sampleGroup(first) }]
  if (type === 'note') return [{ type, note: sampleNote(first) }]
  return [{ type, loss: sampleLoss() }]
}

/** What tells items apart at their destination: the id of a record, a group, or the call of a note. */
export function idOfItem(item: TelemetryItem): string | undefined {
  if (item.type === 'call') return item.record.id
  if (item.type === 'group') return item.group.id
  return item.type === 'note' ? item.note.callId : undefined
}
