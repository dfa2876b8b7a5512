import {
  type CallRecord,
  GROUP_SCHEMA,
  type GroupRecord,
  type PriceOrigin,
  RECORD_SCHEMA,
  type RecordedAttempt,
  type RecordedError,
  type Usage,
} from '@cepa/core'

// One object for all places of its shape: what the table says of it once is looked at in all of them.
const used: Usage = {
  inputTokens: 1200,
  outputTokens: 340,
  cacheReadTokens: 800,
  cacheWriteTokens: 100,
  cacheWriteHourTokens: 40,
  reasoningTokens: 90,
  audioInputTokens: 7,
  audioOutputTokens: 8,
  imageInputTokens: 9,
  imageOutputTokens: 10,
  serverToolUses: { web_search: 2 },
  serviceTier: 'flex',
  source: 'provider',
}

const prices: PriceOrigin = { source: 'table', date: '2026-09-23' }

const refusal: RecordedError = {
  name: 'ProviderError',
  message: 'too many requests',
  code: 'CEPA_PROVIDER',
  kind: 'rate-limit',
  status: 429,
  retryable: true,
  retryAfterMs: 1500,
  providerRequestId: 'req-1',
  providerCode: 'rate_limit_exceeded',
  limit: 'idle',
  limitMs: 30_000,
  setBy: 'timeout',
  causes: [{ name: 'TypeError', message: 'fetch failed', code: 'ECONNRESET' }],
}

const attempt = (index: number, more: Partial<RecordedAttempt>): RecordedAttempt => ({
  index,
  spanId: `00000000000000a${index}`,
  provider: 'openai',
  model: 'gpt-4o',
  startMs: index * 300,
  durationMs: 250,
  headersMs: 60,
  ending: 'done',
  won: true,
  reason: 'without a refused field',
  status: 200,
  providerRequestId: `req-${index}`,
  serverAddress: 'api.openai.com',
  serverPort: 443,
  bytesSent: 210,
  bytesReceived: 4100,
  wireBytesReceived: 1200,
  apiType: 'chat_completions',
  systemFingerprint: 'fp_44709d6fcb',
  rateLimit: { 'remaining-requests': '99' },
  ...more,
})

/** A call with everything in it that can be told of one that went well. */
const whole: CallRecord = {
  schema: RECORD_SCHEMA,
  id: 'c-1',
  requestId: 'r-1',
  pipeline: 'main',
  trace: {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    parentSpanId: '00f067aa0ba902b7',
    sampled: true,
    traceState: 'shop=7',
    hasSpan: false,
  },
  groups: [{ id: 'g-1', name: 'research agent' }],
  detached: { reason: 'revalidate', parentId: 'c-0' },
  operation: 'chat',
  mode: 'stream',
  startedAtMs: Date.UTC(2026, 0, 1),
  provider: 'openai',
  model: 'openai/gpt-4o',
  responseModel: 'gpt-4o-2024-08-06',
  responseId: 'resp-1',
  parameters: {
    maxOutputTokens: 100,
    temperature: 0.7,
    topP: 0.9,
    topK: 40,
    presencePenalty: 0.1,
    frequencyPenalty: 0.2,
    seed: 7,
    stop: 1,
    candidates: 2,
    logProbabilities: 3,
    reasoningEffort: 'low',
    reasoningMaxTokens: 64,
    outputType: 'json',
    tools: ['peel'],
    toolChoice: 'auto',
    messages: 2,
  },
  attributes: { tenant: 'acme' },
  ending: 'done',
  finish: 'length',
  finishRaw: 'max_tokens',
  choices: [{ finish: 'length', finishRaw: 'max_tokens' }, { finish: 'stop' }],
  toolCalls: ['peel'],
  durations: {
    totalMs: 1500,
    headersMs: 200,
    firstTokenMs: 250,
    gaps: { count: 30, meanMs: 8, p50Ms: 7, p95Ms: 20, maxMs: 41 },
    outputTokensPerSecond: 272,
    providerMs: 300,
    consumerMs: 1200,
  },
  usage: used,
  spent: used,
  cost: {
    usd: 0.0042,
    unknown: 'no price for web_search',
    basis: 'partial',
    attempts: [{ usd: 0, unknown: 'no price', basis: 'provider', parts: { input: 0 }, prices }, { usd: 0.0042 }],
    prices,
  },
  cache: { outcome: 'miss', keyHash: 'abc', lookupMs: 0.4, ageMs: 12, saved: used, savedUsd: 0.001, savedMs: 900 },
  attempts: [attempt(0, { ending: 'failed', won: false, status: 429, error: refusal }), attempt(1, { usage: used })],
  bytesSent: 420,
  bytesReceived: 8200,
  wireBytesReceived: 2400,
  faults: [{ middleware: 'own', hook: 'event', error: { name: 'TypeError', message: 'no' } }],
  selfTimes: [{ layer: 'logging', hook: 'end', ms: 0.3, runs: 1 }],
  content: {
    messages: [
      { role: 'system', content: 'Be short.' },
      { role: 'user', content: 'What is in it?' },
    ],
    inputs: ['a text'],
    answers: [
      { text: 'An onion', reasoning: 'round', toolCalls: [{ id: 't-1', name: 'peel', arguments: { ring: 1 } }] },
    ],
    hashes: { messages: ['hmac-sha256:00'], inputs: ['hmac-sha256:02'], answer: 'hmac-sha256:01' },
    cutBytes: 12,
    withheld: ['request'],
  },
  sampling: { reason: 'head', weight: 20 },
}

const without = <K extends keyof CallRecord>(...names: readonly K[]): Omit<CallRecord, K> =>
  Object.fromEntries(Object.entries(whole).filter(([name]) => !names.includes(name as K))) as Omit<CallRecord, K>

/** Records of calls that have, one or another, every field that there is. */
export const CALLS: readonly CallRecord[] = [
  whole,
  { ...without('detached', 'finish', 'choices', 'usage', 'spent', 'cost'), ending: 'failed', error: refusal },
  {
    ...without('detached'),
    ending: 'aborted',
    error: {
      name: 'AbortError',
      message: 'aborted',
      code: 'CEPA_ABORTED',
      causes: [{ name: 'Error', message: 'left' }],
    },
  },
  {
    ...without('detached', 'usage', 'cache'),
    ending: 'failed',
    error: { name: 'TypeError', message: 'no' },
    attempts: [
      attempt(0, { ending: 'failed', error: { name: 'TypeError', message: 'no' } }),
      attempt(1, { ending: 'failed' }),
    ],
  },
  { ...whole, ending: 'abandoned', reason: 'seen enough' },
  { ...whole, provider: 'anthropic', model: 'claude', attempts: [] },
  {
    ...whole,
    attempts: [],
    cache: { outcome: 'hit', keyHash: 'abc', ageMs: 12, lookupMs: 0.4, saved: used, savedUsd: 0.001, savedMs: 900 },
  },
  { ...whole, operation: 'embed', mode: 'complete', parameters: { inputs: 2, dimensions: 256 } },
]

const group: GroupRecord = {
  schema: GROUP_SCHEMA,
  id: 'g-1',
  name: 'research agent',
  parentId: 'g-0',
  trace: { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: '00f067aa0ba902b7', sampled: true },
  attributes: { user: 'u-7' },
  startedAtMs: Date.UTC(2026, 0, 1),
  durationMs: 5000,
  ending: 'failed',
  error: refusal,
  groups: 2,
  calls: 3,
  openCalls: 1,
  endings: { done: 2, failed: 1 },
  attempts: 4,
  cacheHits: 1,
  inputTokens: 70,
  outputTokens: 30,
  costUsd: 0.01,
  knownCostUsd: 0.01,
}

const { costUsd: _known, ...unpriced } = group

/** Records of groups that do. */
export const GROUPS: readonly GroupRecord[] = [group, unpriced]
