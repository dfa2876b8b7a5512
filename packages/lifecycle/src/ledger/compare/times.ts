import type { CallRecord } from '@cepa/core'
import type { Account } from '../account/account.ts'
import { type Findings, TIME_ROUNDING_MS } from './findings.ts'

/** The wall clock is read in whole milliseconds, before and after. */
const WALL_CLOCK_MS = 2

/**
 * Times agree as far as they can: what the client measures begins before and ends after what the server does, and lies within what the
 * caller saw. The clock is the same, so there is no tolerance but rounding, and what the core is seen to overcount (see `CallEnd`).
 */
export function compareTimes(findings: Findings, record: CallRecord, account: Account): void {
  compareTotals(findings, record, account)
  compareHeaders(findings, record, account)
  compareAttempts(findings, record, account)
}

function compareTotals(
  findings: Findings,
  { durations, startedAtMs }: CallRecord,
  { caller, detached }: Account,
): void {
  const { totalMs, providerMs, consumerMs } = durations
  const { startedAt, endedAt, startedAtMs: from, startedByMs: by, pausedMs } = caller
  findings.near('providerMs + consumerMs', { seen: providerMs + consumerMs, expected: totalMs }, TIME_ROUNDING_MS)
  findings.atMost('totalMs', totalMs, endedAt - startedAt + TIME_ROUNDING_MS)
  if (detached) return
  findings.atMost('the caller’s pauses', pausedMs, consumerMs + TIME_ROUNDING_MS)
  findings.holds('startedAtMs', startedAtMs >= from - WALL_CLOCK_MS && startedAtMs <= by + WALL_CLOCK_MS, {
    startedAtMs,
    from,
    by,
  })
}

/** From the first request on the server's clock, which is never before the call. */
function compareHeaders(findings: Findings, { durations, mode }: CallRecord, account: Account): void {
  const { attempts, caller, line, detached } = account
  const first = attempts[0]?.heard?.entry.startedAt
  const reached = attempts.findLast(({ turn }) => turn.heard)?.heard?.entry
  const { headersMs, firstTokenMs, totalMs } = durations
  findings.same('headersMs is known', headersMs !== undefined, reached !== undefined)
  if (reached?.headersAt !== undefined && first !== undefined) {
    findings.atMost('headers on the server', reached.headersAt - first, (headersMs ?? 0) + TIME_ROUNDING_MS)
    findings.atMost('headersMs', headersMs, totalMs + TIME_ROUNDING_MS)
  }
  if (mode === 'complete') {
    findings.same('firstTokenMs', firstTokenMs, undefined)
    return
  }
  if (caller.firstTextAt === undefined || line.scene.unseen || detached) return
  const slackMs = caller.end.overcountedMs + TIME_ROUNDING_MS
  findings.atMost('firstTokenMs', firstTokenMs, caller.firstTextAt - caller.startedAt + slackMs)
  const written = reached?.writes[1]?.at
  if (written !== undefined && first !== undefined)
    findings.atMost('first word on the server', written - first, (firstTokenMs ?? 0) + TIME_ROUNDING_MS)
}

function compareAttempts(findings: Findings, record: CallRecord, { attempts, caller }: Account): void {
  for (const [index, { heard, turn }] of attempts.entries()) {
    const seen = record.attempts[index]
    if (seen === undefined || heard === undefined) continue
    const { startedAt, headersAt, endedAt } = heard.entry
    const { headersMs, durationMs = 0, startMs } = seen
    findings.same(`attempt ${index}: headersMs is known`, headersMs !== undefined, turn.heard)
    if (turn.heard && headersAt !== undefined)
      findings.atMost(
        `attempt ${index}: headers on the server`,
        headersAt - startedAt,
        (headersMs ?? 0) + TIME_ROUNDING_MS,
      )
    const written = turn.whole ? heard.entry.writes.at(-1)?.at : undefined
    if (written !== undefined && endedAt !== undefined)
      findings.atMost(`attempt ${index}: body on the server`, written - startedAt, durationMs + TIME_ROUNDING_MS)
    // the call began no earlier than the caller made it
    findings.atMost(`attempt ${index}: start`, startMs, startedAt - caller.startedAt + TIME_ROUNDING_MS)
  }
}
