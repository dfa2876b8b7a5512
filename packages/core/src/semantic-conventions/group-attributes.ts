import type { GroupRecord } from '../group-record.ts'
import { type Attributes, AttributeWriter } from './attribute-writer.ts'
import { errorTypeOf } from './error-type.ts'
import { OWN_NAMES } from './names-table.ts'
import type { Wording } from './wording.ts'

/** What is known of a group when it begins. A record of one has all of it. */
export type DescribedGroupStart = Pick<GroupRecord, 'id' | 'name' | 'attributes' | 'parentId'>

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

/**
 * The attributes of a group's span that are known when it begins.
 *
 * @example
 * groupStartAttributes(record, wordingOf('latest'))['cepa.group.name'] // → 'agent run'
 */
export function groupStartAttributes(group: DescribedGroupStart, wording: Wording): Attributes {
  const to = new AttributeWriter(wording)
  to.value('cepa.group.id', group.id)
  to.word('cepa.group.name', group.name)
  to.value('cepa.group.parent_id', group.parentId)
  for (const [label, value] of Object.entries(group.attributes)) {
    to.word(`${OWN_NAMES.attribute}${wording.word(label)}`, String(value))
  }
  return to.attributes
}

/**
 * The attributes of a group's span that are known when it ends: sums, and what made it fail.
 *
 * @example
 * groupEndAttributes(record, wordingOf('latest'))['cepa.group.calls'] // → 3
 */
export function groupEndAttributes(group: GroupRecord, wording: Wording): Attributes {
  const to = new AttributeWriter(wording)
  for (const [name, field] of SUMS) to.value(name, group[field])
  for (const [ending, count] of Object.entries(group.endings)) to.value(`cepa.group.endings.${ending}`, count)
  if (group.error) to.value(wording.names.errorType, errorTypeOf(group.error))
  return to.attributes
}
