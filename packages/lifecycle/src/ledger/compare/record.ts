import type { CallRecord, RecordedAttempt, RecordedError, Usage } from '@cepa/core'
import type { Account } from '../account/account.ts'
import type { AttemptAccount } from '../account/attempt-account.ts'
import { type SourcedTokens, TOKEN_NAMES, type Tokens } from '../account/tokens.ts'
import { type Heard, mayLackTail } from '../stage/provider.ts'
import { COST_ROUNDING, type Finding, Findings } from './findings.ts'
import { compareTimes } from './times.ts'

/** The key of a record: the line's, with what tells a detached call apart. */
export const keyOfRecord = ({ requestId, detached }: Pick<CallRecord, 'requestId' | 'detached'>): string =>
  detached ? `${requestId}.detached` : requestId

/** What an account has to say of a call as it is counted. */
export const nameOf = ({ key, line }: Account): string => `${key} (${line.draft.provider}, ${line.name})`

/** Tokens that were told, and those that they should be. */
interface TokenPair {
  readonly seen: Usage | undefined
  readonly expected: Tokens | undefined
}

function compareTokens(findings: Findings, figure: string, { seen, expected }: TokenPair): void {
  for (const name of TOKEN_NAMES) findings.same(`${figure}.${name}`, seen?.[name], expected?.[name])
}

const kindOf = (error: RecordedError | undefined): string | undefined =>
  error?.kind ?? error?.code?.replace('CEPA_', '').toLowerCase().replaceAll('_', '-')

const wireBytesBeforeTail = ({ entry: { bytesWritten, writes } }: Heard): number =>
  bytesWritten - (writes.at(-1)?.bytes ?? 0)

function compareBytes(findings: Findings, seen: RecordedAttempt, { turn, heard }: AttemptAccount): void {
  const { bytesSent, bytesReceived, wireBytesReceived, index } = seen
  const figure = `attempt ${index}`
  if (heard) findings.same(`${figure}: bytesSent`, bytesSent, heard.entry.bytesReceived)
  if (!turn.heard) {
    findings.same(`${figure}: bytesReceived`, bytesReceived, undefined)
    return
  }
  const { bytesDecoded, bytesWritten } = heard?.entry ?? {}
  if (turn.whole) {
    findings.same(`${figure}: bytesReceived`, bytesReceived, bytesDecoded)
    if (!heard || !mayLackTail(heard)) findings.same(`${figure}: wireBytesReceived`, wireBytesReceived, bytesWritten)
    else {
      findings.atMost(`${figure}: wireBytesReceived`, wireBytesReceived, bytesWritten)
      findings.atMost(`${figure}: wire bytes before the tail`, wireBytesBeforeTail(heard), wireBytesReceived)
    }
    return
  }
  findings.atMost(`${figure}: bytesReceived`, bytesReceived, bytesDecoded)
  findings.atMost(`${figure}: wireBytesReceived`, wireBytesReceived, bytesWritten)
  findings.holds(`${figure}: some bytes were read`, (bytesReceived ?? 0) > 0, bytesReceived)
}

function compareAttempt(findings: Findings, seen: RecordedAttempt, account: AttemptAccount): void {
  const { turn, heard, told } = account
  const figure = `attempt ${seen.index}`
  findings.same(`${figure}: ending`, seen.ending, turn.ends)
  findings.same(`${figure}: reason`, seen.reason, turn.reason)
  const failed = turn.ends === 'failed' || turn.errorKind !== undefined
  findings.same(`${figure}: error kind`, failed ? kindOf(seen.error) : undefined, turn.errorKind)
  findings.same(`${figure}: status`, seen.status, turn.heard ? heard?.entry.status : undefined)
  findings.same(`${figure}: providerRequestId`, seen.providerRequestId, turn.heard ? heard?.requestId : undefined)
  compareTokens(findings, `${figure}: usage`, { seen: seen.usage, expected: told })
  compareBytes(findings, seen, account)
}

/** A limit in time may have been met before the request left; everything else must have reached the provider. */
function compareRequests(findings: Findings, record: CallRecord, { attempts }: Account): void {
  findings.same('number of attempts', record.attempts.length, attempts.length)
  for (const [index, attempt] of attempts.entries()) {
    const seen = record.attempts[index]
    if (seen) compareAttempt(findings, seen, attempt)
    findings.holds(
      `attempt ${index} reached the provider`,
      attempt.heard !== undefined || attempt.turn.timed === true,
      false,
    )
  }
}

function compareMoney(findings: Findings, { cost, cache }: CallRecord, { usd, saved, attempts }: Account): void {
  findings.near('cost.usd', { seen: cost?.usd, expected: usd === 'unknown' ? undefined : usd }, COST_ROUNDING)
  findings.same('cost is unknown', cost !== undefined && cost.usd === undefined, usd === 'unknown')
  for (const [index, attempt] of (cost?.attempts ?? []).entries())
    findings.near(`cost of attempt ${index}`, { seen: attempt.usd, expected: attempts[index]?.usd }, COST_ROUNDING)
  findings.near('cache.savedUsd', { seen: cache?.savedUsd, expected: saved?.usd }, COST_ROUNDING)
  compareTokens(findings, 'cache.saved', { seen: cache?.saved, expected: saved?.tokens })
}

const sourceOfAnswer = ({ saved, answer }: Account): string | undefined => {
  if (answer === undefined) return undefined
  return saved ? 'cache' : (answer as SourcedTokens).source
}

/** What a record says otherwise than the ledgers. */
export function compareRecord(record: CallRecord, account: Account): readonly Finding[] {
  const findings = new Findings(`record ${nameOf(account)}`)
  const { line, ending, errorKind, cache, answer, spent, detached } = account
  const { draft, request, tenant, scene } = line
  findings.same('provider', record.provider, draft.provider)
  findings.same('pipeline', record.pipeline, draft.provider)
  findings.same('model', record.model, request.model)
  findings.same('operation', record.operation, draft.operation)
  findings.same('mode', record.mode, draft.mode)
  findings.same('tenant', record.attributes.tenant, tenant)
  findings.same('group', record.groups?.at(-1)?.name, line.group)
  findings.same('ending', record.ending, ending)
  const counted = ending === 'failed' || record.error?.kind === 'timeout'
  findings.same('error kind', counted ? kindOf(record.error) : undefined, errorKind)
  findings.same('cache outcome', record.cache?.outcome, cache)
  findings.same('detached', record.detached !== undefined, detached)
  findings.same(
    'an attempt won',
    record.attempts.some(({ won }) => won),
    wins(account),
  )
  compareRequests(findings, record, account)
  compareTokens(findings, 'usage', { seen: record.usage, expected: answer })
  findings.same('usage.source', record.usage?.source, sourceOfAnswer(account))
  compareTokens(findings, 'spent', { seen: record.spent, expected: spent })
  findings.same('spent.source', record.spent?.source, spent?.source)
  compareMoney(findings, record, account)
  compareTimes(findings, record, account)
  if (scene.unseen) findings.holds('there is a record of a call that never began', false, record.id)
  return findings.found
}

/** Whether the caller was given an attempt's answer, or its beginning. */
const wins = ({ detached, line, attempts, ending }: Account): boolean => {
  const last = attempts.at(-1)?.turn
  if (detached || last === undefined) return false
  if (ending === 'done') return true
  // the retry holds a reply back until there is content
  return last.heard && last.usageRead !== 'nothing' && line.draft.mode === 'stream' && !last.free
}
