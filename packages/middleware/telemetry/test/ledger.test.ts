import { type AnyMiddleware, type CallRecord, middleware, type Pipeline, pipeline } from '@cepa/core'
import {
  collect,
  type FakeProvider,
  fakeProvider,
  type LedgerEntry,
  memoryExporter,
  type ScriptedAnswer,
  type SeenRequest,
  telemetryFindings,
  type VirtualClock,
  virtualClock,
} from '@cepa/testing'
import { expect, test } from 'vitest'
import { group, telemetry } from '../src/index.ts'

const CALLS = 1000

/** What the calls do, in turn. */
const KINDS = ['done', 'whole', 'refused', 'breaks', 'aborts', 'late', 'leaves', 'cancels', 'again', 'embeds'] as const
type Kind = (typeof KINDS)[number]

const kindOf = (n: number): Kind => KINDS[n % KINDS.length] as Kind

const nOf = ({ request }: Pick<SeenRequest, 'request'>): number => Number(request.model.split(' ')[1])

/** What the provider says to call `n`: all figures differ from call to call. */
function script(seen: SeenRequest): ScriptedAnswer {
  const n = nOf(seen)
  const surround = {
    headersMs: 10 + (n % 7),
    inputTokens: 100 + n,
    attempt: { bytesSent: 1000 + n, bytesReceived: 2000 + n, wireBytesReceived: 500 + n, serverPort: 443 },
  }
  const words = Array.from({ length: 3 }, (_, index) => [{ waitMs: 6 + (n % 2) }, { text: ` ${index}` }]).flat()
  const kind = kindOf(n)
  if (kind === 'refused') return { ...surround, failure: { kind: 'rate-limit', status: 429, retryAfterMs: n } }
  if (kind === 'breaks') return { ...surround, steps: [...words.slice(0, 4), { error: { kind: 'server' } }] }
  if (kind === 'again' && seen.attempt === 0) return { ...surround, failure: { kind: 'overloaded', status: 529 } }
  if (kind === 'embeds') return { ...surround, steps: undefined as never }
  return { ...surround, steps: words }
}

const again: AnyMiddleware = middleware({
  name: 'again',
  traits: { repeats: true },
  async handle(call, next) {
    if (kindOf(Number(call.attributes.n)) !== 'again') return next(call)
    return next(call).catch(() => next(call))
  },
})

/** What the caller of one call saw, by the clock. */
interface Seen {
  readonly n: number
  readonly startedAt: number
  readonly endedAt: number
}

async function makeCall(n: number, parts: { chat: Pipeline; clock: VirtualClock; parent: unknown }): Promise<Seen> {
  const { chat, clock, parent } = parts
  const startedAt = clock.now()
  const request = { model: `m ${n}`, messages: [{ role: 'user', content: 'Hi' }] } as const
  const caller = { attributes: { n: String(n) }, parent }
  await act(kindOf(n), { chat, clock, request, caller }).catch(() => undefined)
  return { n, startedAt, endedAt: clock.now() }
}

interface Acting {
  readonly chat: Pipeline
  readonly clock: VirtualClock
  readonly request: {
    readonly model: string
    readonly messages: readonly [{ readonly role: 'user'; readonly content: string }]
  }
  readonly caller: object
}

async function act(kind: Kind, { chat, clock, request, caller }: Acting): Promise<unknown> {
  if (kind === 'whole') return chat.complete(request, caller)
  if (kind === 'embeds') return chat.embed({ model: request.model, input: ['a', 'b'] }, caller)
  if (kind === 'late') return collect(chat(request, { ...caller, deadlineMs: 22 }))
  if (kind === 'leaves') return collect(chat(request, caller), { events: 3 })
  if (kind === 'cancels') return (await chat(request, caller)).cancel('enough')
  if (kind !== 'aborts') return collect(chat(request, caller))
  const abort = new AbortController()
  clock.setTimer(24, () => abort.abort())
  return collect(chat(request, { ...caller, signal: abort.signal }))
}

const ENDINGS: Readonly<Record<Kind, string>> = {
  done: 'done',
  whole: 'done',
  refused: 'failed',
  breaks: 'failed',
  aborts: 'aborted',
  late: 'aborted',
  leaves: 'abandoned',
  cancels: 'abandoned',
  again: 'done',
  embeds: 'done',
}

/** What a record says of its attempts, against what the provider saw of them. */
function checkAttempts(record: CallRecord, entries: readonly LedgerEntry[], seen: Seen): void {
  expect(record.attempts).toHaveLength(entries.length)
  for (const [index, entry] of entries.entries()) {
    const attempt = record.attempts[index]
    const { startedAt, headersAt, endedAt } = entry
    expect(attempt?.startMs).toBeCloseTo(startedAt - seen.startedAt, 6)
    if (headersAt !== undefined && attempt?.headersMs !== undefined)
      expect(attempt.headersMs).toBeCloseTo(headersAt - startedAt, 6)
    if (endedAt !== undefined) expect(attempt?.durationMs).toBeCloseTo(endedAt - startedAt, 6)
    expect(attempt?.ending === 'done').toBe(entry.outcome === 'ended')
  }
}

/** Usage that the provider told is in the record; what it charged in silence is not made up. */
function checkUsage(record: CallRecord, entries: readonly LedgerEntry[]): void {
  const ended = entries.filter(({ outcome }) => outcome === 'ended')
  if (ended.length === 0) {
    expect(record.usage).toBeUndefined()
    return
  }
  const { charged } = ended.at(-1) as LedgerEntry
  expect(record.usage?.inputTokens).toBe(charged.inputTokens)
  if (record.operation === 'chat') expect(record.usage?.outputTokens).toBe(charged.outputTokens)
}

function checkTimes(record: CallRecord, entries: readonly LedgerEntry[], seen: Seen): void {
  const { durations } = record
  expect(durations.totalMs).toBeCloseTo(seen.endedAt - seen.startedAt, 6)
  expect(record.startedAtMs).toBeCloseTo(Date.UTC(2026, 0, 1) + seen.startedAt, 6)
  const answer = entries.at(-1) as LedgerEntry
  const firstContent = answer.events.find(({ type }) => type === 'text')
  if (record.mode === 'stream' && firstContent)
    expect(durations.firstTokenMs).toBeCloseTo(firstContent.at - seen.startedAt, 6)
}

const entriesOf = ({ ledger }: FakeProvider, n: number): readonly LedgerEntry[] =>
  ledger.filter((entry) => nOf(entry) === n)

test('every figure in a thousand records of mixed concurrent calls agrees with the provider’s own ledger', async () => {
  const clock = virtualClock()
  const exporter = memoryExporter({ limits: { maxBatchItems: 50 } })
  const watch = telemetry({ exporters: [exporter], clock })
  const provider = fakeProvider(script, { asynchronous: true })
  const run = group('all', { clock })
  const chat = pipeline({ adapter: provider, layers: [watch, again] as never, clock })
  let mostInFlight = 0
  watch.observe({
    start: () => {
      mostInFlight = Math.max(mostInFlight, watch.stats().inFlight)
    },
  })
  const calls = Array.from({ length: CALLS }, async (_, n) => {
    await new Promise<void>((resolve) => void clock.setTimer(n % 50, resolve))
    return makeCall(n, { chat, clock, parent: run })
  })
  const seen = await clock.runUntil(Promise.all(calls))
  const totals = run.end()
  expect(await clock.runUntil(watch.flush())).toBe(true)

  expect(exporter.records).toHaveLength(CALLS)
  const byN = new Map(exporter.records.map((record) => [Number(record.attributes.n), record]))
  for (const each of seen) {
    const record = byN.get(each.n) as CallRecord
    const entries = entriesOf(provider, each.n)
    expect(record.ending, `call ${each.n}`).toBe(ENDINGS[kindOf(each.n)])
    checkAttempts(record, entries, each)
    checkUsage(record, entries)
    checkTimes(record, entries, each)
    const reported = record.attempts.filter(({ bytesSent }) => bytesSent !== undefined)
    expect(record.bytesSent ?? 0).toBe(reported.length * (1000 + each.n))
    if (kindOf(each.n) === 'refused') expect(record.error).toMatchObject({ status: 429, retryAfterMs: each.n })
  }
  expect(telemetryFindings(exporter.items)).toEqual([])
  const told = provider.ledger.filter(({ outcome }) => outcome === 'ended')
  expect(totals).toMatchObject({
    calls: CALLS,
    openCalls: 0,
    endings: { done: 400, failed: 200, aborted: 200, abandoned: 200 },
    attempts: provider.ledger.length,
    inputTokens: told.reduce((sum, { charged }) => sum + charged.inputTokens, 0),
  })
  expect(mostInFlight).toBeGreaterThan(200)
  expect(watch.stats()).toMatchObject({ inFlight: 0, records: CALLS, kept: CALLS })
  expect(clock.pending).toEqual([])
})
