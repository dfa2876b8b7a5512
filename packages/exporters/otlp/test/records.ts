import {
  type CallRecord,
  type Exporter,
  type ExportResult,
  GROUP_SCHEMA,
  type GroupRecord,
  RECORD_SCHEMA,
  type RecordedAttempt,
  type TelemetryItem,
} from '@cepa/core'

/** 2026-01-01T00:00:00Z */
export const startedAtMs: number = Date.UTC(2026, 0, 1)

/** An attempt that made the answer; `more` for what matters. */
export const attempt = (more: Partial<RecordedAttempt> = {}): RecordedAttempt => ({
  index: 0,
  provider: 'openai',
  model: 'gpt-4o',
  startMs: 1,
  durationMs: 1400,
  headersMs: 200,
  ending: 'done',
  won: true,
  status: 200,
  providerRequestId: 'req-7',
  serverAddress: 'api.openai.com',
  serverPort: 443,
  bytesSent: 210,
  bytesReceived: 4100,
  wireBytesReceived: 1200,
  usage: { inputTokens: 31, outputTokens: 12, cacheReadTokens: 4, reasoningTokens: 3, source: 'provider' },
  ...more,
})

/** A call that went well: streamed, one attempt; `more` for what matters. */
export const call = (more: Partial<CallRecord> = {}): CallRecord => ({
  schema: RECORD_SCHEMA,
  id: 'c-1',
  requestId: 'r-1',
  pipeline: 'main',
  trace: {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    sampled: true,
  },
  operation: 'chat',
  mode: 'stream',
  startedAtMs,
  provider: 'openai',
  model: 'gpt-4o',
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
    candidates: 2,
    outputType: 'json',
    reasoningEffort: 'low',
  },
  attributes: { tenant: 'Zwiebel' },
  ending: 'done',
  finish: 'stop',
  choices: [{ finish: 'stop' }, { finish: 'length' }],
  durations: { totalMs: 1500, headersMs: 200, firstTokenMs: 250, providerMs: 1450, consumerMs: 50 },
  usage: { inputTokens: 31, outputTokens: 12, cacheReadTokens: 4, reasoningTokens: 3, source: 'provider' },
  spent: { inputTokens: 31, outputTokens: 12, cacheReadTokens: 4, reasoningTokens: 3, source: 'provider' },
  cost: { usd: 0.0042, attempts: [{ usd: 0.0042 }] },
  attempts: [attempt()],
  bytesSent: 210,
  bytesReceived: 4100,
  ...more,
})

/** What is there only where a call was answered. */
const OF_ANSWERS = ['usage', 'spent', 'cost', 'responseModel', 'responseId', 'finish', 'choices'] as const

const without = <T extends object>(value: T, names: readonly string[]): T =>
  Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name))) as T

/** A call that was refused twice. */
export const failedCall = (more: Partial<CallRecord> = {}): CallRecord => {
  const error = { name: 'ProviderError', message: 'too many requests', kind: 'rate-limit', status: 429 } as const
  const refused = without(attempt({ ending: 'failed', won: false, status: 429, durationMs: 90, error }), OF_ANSWERS)
  return {
    ...without(call(), OF_ANSWERS),
    id: 'c-2',
    mode: 'complete',
    ending: 'failed',
    error,
    durations: { totalMs: 400, providerMs: 400, consumerMs: 0 },
    attempts: [
      { ...refused, spanId: '00000000000000a1', startMs: 0 },
      { ...refused, spanId: '00000000000000a2', startMs: 300, index: 1 },
    ],
    ...more,
  }
}

/** A group; `more` for what matters. */
export const group = (more: Partial<GroupRecord> = {}): GroupRecord => ({
  schema: GROUP_SCHEMA,
  id: 'g-1',
  name: 'research agent',
  trace: { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: '00f067aa0ba902b7', sampled: true },
  attributes: { user: 'u-7' },
  startedAtMs,
  durationMs: 5000,
  ending: 'done',
  groups: 0,
  calls: 3,
  openCalls: 0,
  endings: { done: 2, failed: 1 },
  attempts: 4,
  cacheHits: 1,
  inputTokens: 70,
  outputTokens: 30,
  knownCostUsd: 0.01,
  costUsd: 0.01,
  ...more,
})

/** Records of calls and groups. */
export type Told = readonly (CallRecord | GroupRecord)[]

/** Items of records and groups. */
export const items = (...told: Told): readonly TelemetryItem[] =>
  told.map((each) =>
    each.schema === GROUP_SCHEMA ? { type: 'group', group: each } : { type: 'call', record: each as CallRecord },
  )

/** Gives an exporter a batch, as the hub does. */
export const send = (
  exporter: Exporter,
  batch: readonly TelemetryItem[] = items(call()),
  signal: AbortSignal = new AbortController().signal,
): Promise<ExportResult> => Promise.resolve(exporter.export(batch, { signal, attempt: 1 }))
