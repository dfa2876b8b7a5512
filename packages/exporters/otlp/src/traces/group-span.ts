import type { GroupRecord } from '@cepa/core'
import { type Attributes, errorTypeOf, OWN_NAMES } from '@cepa/core/semantic-conventions'
import { SpanKind } from '@opentelemetry/api'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import type { SpanRules } from './call-spans.ts'
import { spanOf } from './span.ts'

/** What the conventions have no names for: sums over the calls of a group. Not by the conventions' names, or they would count twice. */
const SUMS = [
  ['cepa.group.calls', 'calls'],
  ['cepa.group.open_calls', 'openCalls'],
  ['cepa.group.groups', 'groups'],
  ['cepa.group.attempts', 'attempts'],
  ['cepa.group.cache_hits', 'cacheHits'],
  ['cepa.group.input_tokens', 'inputTokens'],
  ['cepa.group.output_tokens', 'outputTokens'],
  ['cepa.group.known_cost.usd', 'knownCostUsd'],
  ['cepa.group.cost.usd', 'costUsd'],
] as const satisfies readonly (readonly [string, keyof GroupRecord])[]

function attributesOf(group: GroupRecord, { names, word }: SpanRules['wording']): Attributes {
  const attributes: Attributes = { 'cepa.group.id': group.id, 'cepa.group.name': word(group.name) }
  if (group.parentId !== undefined) attributes['cepa.group.parent_id'] = group.parentId
  for (const [name, field] of SUMS) {
    const value = group[field]
    if (value !== undefined) attributes[name] = value
  }
  for (const [ending, count] of Object.entries(group.endings)) attributes[`cepa.group.endings.${ending}`] = count
  for (const [label, value] of Object.entries(group.attributes)) {
    attributes[`${OWN_NAMES.attribute}${word(label)}`] = word(value)
  }
  if (group.error) attributes[names.errorType] = errorTypeOf(group.error)
  return attributes
}

/** The span of a group (an agent run, a batch, a conversation), of kind `INTERNAL`: its calls' spans stand within it. */
export function groupSpan(group: GroupRecord, { wording, origin }: SpanRules): ReadableSpan {
  const { name, trace, startedAtMs, durationMs, error } = group
  return spanOf(
    {
      name: wording.word(name),
      kind: SpanKind.INTERNAL,
      trace,
      startedAtMs,
      durationMs,
      attributes: attributesOf(group, wording),
      error,
    },
    origin,
  )
}
