import { cutToBytes, type GroupRecord, type LossRecord, type RecordedNote } from '@cepa/core'
import { errorText, type LineParts, labels } from './call-line.ts'
import { count, counted, dollars } from './quantities.ts'

/** Longest value of a note in a line, in bytes of its JSON. */
const VALUE_BYTES = 500

const listed = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, value]) => `${count(value)} ${name}`)
    .join(', ')

function costOf({ costUsd, knownCostUsd }: GroupRecord): string {
  return costUsd === undefined ? `at least ${dollars(knownCostUsd)}` : dollars(costUsd)
}

/** What the line of a group says: the sums of its calls. */
export function groupLine(group: GroupRecord): LineParts {
  const { calls, endings, openCalls, attempts, cacheHits, inputTokens, outputTokens, error } = group
  return {
    atMs: group.startedAtMs + group.durationMs,
    word: 'group',
    durationMs: group.durationMs,
    subject: group.name,
    problem: group.ending === 'failed' ? `failed${error === undefined ? '' : `: ${errorText(error)}`}` : undefined,
    rest: [
      counted(calls, 'call') + (calls > 0 ? `: ${listed(endings)}` : ''),
      openCalls > 0 && `${count(openCalls)} still running`,
      group.groups > 0 && counted(group.groups, 'group'),
      attempts !== calls && counted(attempts, 'attempt'),
      cacheHits > 0 && counted(cacheHits, 'cache hit'),
      `${count(inputTokens)} → ${count(outputTokens)} tokens`,
      (group.costUsd !== undefined || group.knownCostUsd > 0) && costOf(group),
      ...labels(group.attributes),
    ],
    id: group.id,
  }
}

/** What the line of a note says. */
export function noteLine({ name, from, value, atMs, sinceStartMs, callId, requestId }: RecordedNote): LineParts {
  const json = value === undefined ? '' : cutToBytes(JSON.stringify(value), VALUE_BYTES)
  return {
    atMs,
    word: 'note',
    durationMs: sinceStartMs,
    subject: name,
    rest: [`from ${from}`, json],
    id: requestId ?? callId,
  }
}

/** What the line of a loss says. */
export const lossLine = ({ sinceMs, atMs, lost }: LossRecord): LineParts => ({
  atMs,
  word: 'lost',
  durationMs: atMs - sinceMs,
  subject: 'telemetry',
  problem: `${counted(
    Object.values(lost).reduce((sum, value) => sum + value, 0),
    'item',
  )} did not come here (${listed(lost)})`,
  rest: [],
})
