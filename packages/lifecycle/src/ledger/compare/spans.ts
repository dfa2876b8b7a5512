import type { Account } from '../account/account.ts'
import type { Tokens } from '../account/tokens.ts'
import { DETACHED } from '../stage/layers.ts'
import type { SeenSpan } from '../stage/open-telemetry.ts'
import type { Counted } from './figure.ts'
import { COST_ROUNDING, type Finding, Findings, TIME_ROUNDING_MS } from './findings.ts'
import { nameOf } from './record.ts'
import { sumBy } from './slices.ts'

/** Attributes of tokens, in the words of the released conventions. */
const USAGE: readonly (readonly [attribute: string, name: keyof Tokens])[] = [
  ['gen_ai.usage.input_tokens', 'inputTokens'],
  ['gen_ai.usage.output_tokens', 'outputTokens'],
  ['gen_ai.usage.cache_read.input_tokens', 'cacheReadTokens'],
  ['gen_ai.usage.cache_creation.input_tokens', 'cacheWriteTokens'],
  ['gen_ai.usage.reasoning.output_tokens', 'reasoningTokens'],
]

/** A span is timed by the call's clock in milliseconds and kept in nanoseconds since 1970: a double holds a quarter of a microsecond. */
const SPAN_ROUNDING_MS = 10 * TIME_ROUNDING_MS

const isCall = ({ attributes }: SeenSpan): boolean => attributes['gen_ai.operation.name'] !== undefined

const keyOf = ({ attributes }: SeenSpan): string =>
  `${attributes['cepa.request.id']}${attributes['cepa.detached.reason'] === undefined ? '' : DETACHED}`

const numberIn = ({ attributes }: SeenSpan, name: string): number | undefined => {
  const value = attributes[name]
  return typeof value === 'number' ? value : undefined
}

function compareAttributes(findings: Findings, span: SeenSpan, account: Account): void {
  const { line, ending, told, usd, cache, saved, attempts } = account
  const { draft, request } = line
  const { attributes } = span
  findings.same('gen_ai.provider.name', attributes['gen_ai.provider.name'], draft.provider)
  findings.same('gen_ai.request.model', attributes['gen_ai.request.model'], request.model)
  findings.same(
    'gen_ai.operation.name',
    attributes['gen_ai.operation.name'],
    draft.operation === 'chat' ? 'chat' : 'embeddings',
  )
  findings.same('cepa.ending', attributes['cepa.ending'], ending)
  for (const [attribute, name] of USAGE) findings.same(attribute, attributes[attribute], told?.[name])
  findings.near(
    'cepa.cost.usd',
    { seen: numberIn(span, 'cepa.cost.usd'), expected: usd === 'unknown' ? undefined : usd },
    COST_ROUNDING,
  )
  findings.same('cepa.cache.outcome', attributes['cepa.cache.outcome'], cache)
  findings.same('cepa.cache.saved.input_tokens', attributes['cepa.cache.saved.input_tokens'], saved?.tokens.inputTokens)
  const retries = attempts.length > 1 ? attempts.length - 1 : undefined
  findings.same('cepa.retry.count', attributes['cepa.retry.count'], retries)
}

function compareWithRecord(findings: Findings, span: SeenSpan, { record, account }: Counted): void {
  const { startedAt, endedAt, end } = account.caller
  findings.same('cepa.request.body.size', span.attributes['cepa.request.body.size'], record.bytesSent)
  findings.same('cepa.response.body.size', span.attributes['cepa.response.body.size'], record.bytesReceived)
  findings.atMost('duration', span.durationMs, endedAt - startedAt + SPAN_ROUNDING_MS)
  const shortest = record.durations.totalMs - end.overcountedMs
  if (!account.detached) {
    findings.atMost('duration of the record', shortest, span.durationMs + SPAN_ROUNDING_MS)
    findings.same('trace id', span.traceId, record.trace?.traceId)
    findings.same('span id', span.spanId, record.trace?.spanId)
    findings.same('parent span id', span.parentSpanId, record.trace?.parentSpanId)
  }
}

/** Attempts are spans where there are several; usage stands on none of them. */
function compareChildren(findings: Findings, children: readonly SeenSpan[], { attempts }: Account): void {
  findings.same('number of spans of attempts', children.length, attempts.length > 1 ? attempts.length : 0)
  for (const [index, { attributes }] of children.entries()) {
    const named = Object.keys(attributes).filter((name) => name.startsWith('gen_ai.usage.'))
    findings.same(`usage on the span of attempt ${index}`, named.join(', '), '')
  }
}

/** What spans say otherwise than the ledgers. Calls that had been aborted before they began have a span too. */
export function compareSpans(
  spans: readonly SeenSpan[],
  accounts: readonly Account[],
  calls: readonly Counted[],
): readonly Finding[] {
  const counted = new Map(calls.map((call) => [call.account.key, call]))
  const byKey = Map.groupBy(spans.filter(isCall), keyOf)
  const byParent = Map.groupBy(spans, ({ parentSpanId }) => parentSpanId ?? '')
  const perCall = accounts.flatMap((account) => {
    const findings = new Findings(`span ${nameOf(account)}`)
    const own = byKey.get(account.key) ?? []
    findings.same('number of spans', own.length, 1)
    const [span] = own
    if (span === undefined) return findings.found
    compareAttributes(findings, span, account)
    const call = counted.get(account.key)
    if (call) compareWithRecord(findings, span, call)
    compareChildren(findings, byParent.get(span.spanId) ?? [], account)
    return findings.found
  })
  const totals = new Findings('spans: all')
  for (const [attribute, name] of USAGE)
    totals.same(
      attribute,
      sumBy(spans, (span) => numberIn(span, attribute)),
      sumBy(accounts, ({ told }) => told?.[name]),
    )
  return [...perCall, ...totals.found]
}
