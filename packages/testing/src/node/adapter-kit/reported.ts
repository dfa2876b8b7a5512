import { type Attempt, systemClock } from '@cepa/core'
import { type Checklist, difference } from '../../kit/report.ts'
import type { Answer, Failure, Script } from '../../script.ts'
import type { ServerEntry } from '../server-ledger.ts'
import type { AdapterBench, Outcome } from './bench.ts'
import { richAnswer } from './content.ts'
import { secretIn } from './errors.ts'

/** What the server says is left of its limits, by name without the wire's prefix. */
const LIMITS: Readonly<Record<string, string>> = { 'requests-remaining': '59', 'tokens-reset': '2026-01-01T00:00:10Z' }

/** Times are told to a part of a millisecond. */
const ROUNDING_MS = 1
/** Wait before the headers, in milliseconds. */
const WAIT_MS = 30
/** How long something that must come to be told is waited for, in milliseconds. */
const PATIENCE_MS = 400

const ENCODINGS = [undefined, 'gzip'] as const

/** An attempt with what the server knows of it. */
interface Seen {
  readonly what: string
  readonly attempt: Attempt
  readonly entry: ServerEntry
}

/** Rule W9: what an attempt reports is what the server counted, of answers and of refusals. */
export async function checkReported(bench: AdapterBench, checks: Checklist): Promise<void> {
  const headers = limitHeaders(bench)
  for (const encoding of ENCODINGS) {
    const network = encoding ? { encoding } : {}
    const as = encoding ? ' as gzip' : ''
    for (const whole of [false, true]) {
      const answer: Answer = { ...richAnswer(bench), headers, network }
      await checkAttempt(bench, checks, { what: `${whole ? 'whole' : 'stream'}${as}`, script: answer, whole })
    }
    const failure: Failure = { kind: 'rate-limit', retryAfterMs: 2000, headers }
    await checkAttempt(bench, checks, { what: `refused${as}`, script: { failure, network }, whole: false })
  }
  for (const whole of [false, true]) await checkHeadersTime(bench, checks, whole)
}

const limitHeaders = ({ wire }: AdapterBench): Readonly<Record<string, string>> =>
  wire.rateLimitPrefix === undefined
    ? {}
    : Object.fromEntries(Object.entries(LIMITS).map(([name, value]) => [wire.rateLimitPrefix + name, value]))

/** The attempt of a call and what the server knows of it; `undefined`, and a broken check, where there is none. */
function seenOf(checks: Checklist, what: string, { attempts, entry }: Outcome): Seen | undefined {
  const [attempt] = attempts
  if (attempt !== undefined && entry !== undefined) return { what, attempt, entry }
  checks.add('W9', `${what}: an attempt is reported`, 'there is none')
  return undefined
}

async function checkAttempt(
  bench: AdapterBench,
  checks: Checklist,
  { what, script, whole }: { what: string; script: Script; whole: boolean },
): Promise<void> {
  const seen = seenOf(checks, what, await bench.ask(script, { whole }))
  if (seen === undefined) return
  checkHead(bench, checks, seen)
  checkBytes(bench, checks, seen)
  checks.add('W6', `${what}: the attempt does not tell the key`, secretIn(seen.attempt))
}

function checkHead(bench: AdapterBench, checks: Checklist, { what, attempt, entry }: Seen): void {
  const add = (name: string, detail: string | undefined): void => checks.add('W9', `${what}: ${name}`, detail)
  if (bench.has('status')) add('status', difference(entry.status, attempt.status))
  if (bench.has('request-id'))
    add('the provider’s request id', difference(`request-${entry.index + 1}`, attempt.providerRequestId))
  const { hostname, port } = new URL(bench.server.url)
  add('the server’s address', difference([hostname, Number(port)], [attempt.serverAddress, attempt.serverPort]))
  const { server } = bench.adapter
  if (server)
    add(
      'the server that the adapter names',
      difference([hostname, Number(port)], [server.serverAddress, server.serverPort]),
    )
  if (bench.wire.rateLimitPrefix !== undefined && bench.has('rate-limit'))
    add('what is left of the limits', difference(LIMITS, attempt.rateLimit))
}

function checkBytes(bench: AdapterBench, checks: Checklist, { what, attempt, entry }: Seen): void {
  const add = (name: string, detail: string | undefined): void => checks.add('W9', `${what}: ${name}`, detail)
  if (!bench.has('bytes')) return
  add('bytes sent', difference(entry.bytesReceived, attempt.bytesSent))
  // what an SDK client has read of a refusal itself is not counted
  if (entry.status === 200 || bench.has('refused-bytes'))
    add('bytes received', difference(entry.bytesDecoded, attempt.bytesReceived))
  const wire = attempt.wireBytesReceived
  const told = wireBytesOf(entry).includes(wire ?? -1) ? undefined : difference(entry.bytesWritten, wire)
  if (bench.has('wire-bytes')) add('bytes on the wire', told)
  else if (wire !== undefined) add('bytes on the wire, where they are told', told)
}

/** What may have been read of a body: all of it; of a stream that is compressed, also without what ends it, behind the answer's own end. */
function wireBytesOf({ mode, status, bytesWritten, bytesDecoded, writes }: ServerEntry): readonly number[] {
  const mayBeCut = mode === 'stream' && status === 200 && bytesWritten !== bytesDecoded
  return mayBeCut ? [bytesWritten, bytesWritten - (writes.at(-1)?.bytes ?? 0)] : [bytesWritten]
}

/** The time to the headers ends when the server sent them: not before, and not with the body, which is held back until it is told. */
async function checkHeadersTime(bench: AdapterBench, checks: Checklist, whole: boolean): Promise<void> {
  const what = whole ? 'whole' : 'stream'
  let early: number | undefined
  const until = async (): Promise<void> => {
    early = await headersTold(bench)
  }
  const steps = [{ text: 'one' }, { until }, { text: ' two' }]
  const seen = seenOf(checks, what, await bench.ask({ headersMs: WAIT_MS, headersFirst: true, steps }, { whole }))
  if (seen) checks.add('W9', `${what}: time to headers`, headersProblem(seen, early))
}

/** The time to headers of the call that runs, as soon as it is told; `undefined` where it is not. */
async function headersTold(bench: AdapterBench): Promise<number | undefined> {
  const told = (): number | undefined => bench.attempts[0]?.headersMs
  await patiently(() => told() !== undefined)
  return told()
}

/** Waits until something holds, and no longer than one can wait for it. */
async function patiently(holds: () => boolean): Promise<void> {
  const until = systemClock.now() + PATIENCE_MS
  while (!holds() && systemClock.now() < until) await new Promise<void>((resolve) => systemClock.setTimer(1, resolve))
}

function headersProblem({ attempt: { headersMs }, entry }: Seen, early: number | undefined): string | undefined {
  if (early === undefined) return `headersMs is ${headersMs}; it was not told before the body came`
  if (headersMs !== early) return `headersMs was ${early}, and became ${headersMs}`
  const { headersAt = 0, startedAt } = entry
  const tookMs = headersAt - startedAt
  return headersMs < tookMs - ROUNDING_MS ? `headersMs is ${headersMs}; the server took ${tookMs} ms` : undefined
}
