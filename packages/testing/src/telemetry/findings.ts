import type { CallRecord, GroupRecord, RecordedNote, TelemetryItem } from '@cepa/core'

type Finding = string | false | undefined

/** Sums of times differ by rounding. */
const ROUNDING_MS = 1e-6

const near = (one: number, other: number): boolean => Math.abs(one - other) <= ROUNDING_MS

function timesOf({ durations, attempts }: CallRecord): readonly Finding[] {
  const { totalMs, providerMs, consumerMs, headersMs, firstTokenMs } = durations
  return [
    !near(totalMs, providerMs + consumerMs) && `${totalMs} ms are not ${providerMs} + ${consumerMs}`,
    headersMs !== undefined && headersMs > totalMs + ROUNDING_MS && `headers at ${headersMs} of ${totalMs} ms`,
    firstTokenMs !== undefined &&
      firstTokenMs > totalMs + ROUNDING_MS &&
      `first token at ${firstTokenMs} of ${totalMs} ms`,
    ...attempts.map(({ index, startMs, durationMs, ending }) => {
      if (ending === undefined || durationMs === undefined) return `attempt ${index} has not ended`
      return startMs < -ROUNDING_MS && `attempt ${index} began before the call`
    }),
  ]
}

function answerOf({ ending, error, attempts, usage, spent, detached }: CallRecord): readonly Finding[] {
  const failed = ending === 'failed' || ending === 'aborted'
  const won = attempts.filter((attempt) => attempt.won).length
  return [
    failed !== (error !== undefined) && `it ended ${ending} ${error ? 'with' : 'without'} an error`,
    won > 1 && `${won} attempts won`,
    // a detached call has no caller whose answer it could be
    ending === 'done' && attempts.length > 0 && won === 0 && !detached && 'it is done, and no attempt won',
    usage?.source === 'cache' && spent !== undefined && attempts.length === 0 && 'a hit has spent something',
  ]
}

function sumsOf(record: CallRecord): readonly Finding[] {
  return (['bytesSent', 'bytesReceived', 'wireBytesReceived'] as const).map((field) => {
    const known = record.attempts.flatMap((attempt) => attempt[field] ?? [])
    const sum = known.length === 0 ? undefined : known.reduce((all, bytes) => all + bytes, 0)
    return record[field] !== sum && `${field} is ${record[field]}, its attempts have ${sum}`
  })
}

const recordFindings = (record: CallRecord): readonly string[] =>
  [...timesOf(record), ...answerOf(record), ...sumsOf(record)].flatMap((found) =>
    found ? [`record ${record.requestId}: ${found}`] : [],
  )

function noteFindings(notes: readonly RecordedNote[], records: ReadonlyMap<string, CallRecord>): readonly string[] {
  return notes.flatMap((note) => {
    const record = records.get(note.callId)
    const where = `note ${note.name} of ${note.requestId}`
    if (record === undefined) return [`${where}: there is no record of its call`]
    const { requestId, trace } = record
    const alike = note.requestId === requestId && note.traceId === trace?.traceId && note.spanId === trace?.spanId
    return alike ? [] : [`${where}: its ids are not those of its record`]
  })
}

/** Every attempt was told when it began and when it ended, where notes are told at all. */
function attemptFindings(notes: readonly RecordedNote[], records: readonly CallRecord[]): readonly string[] {
  if (notes.length === 0) return []
  return records.flatMap((record) => {
    if (record.detached) return []
    const told = (name: string) => notes.filter((note) => note.callId === record.id && note.name === name).length
    return ['attempt-start', 'attempt-end'].flatMap((name) => {
      const count = told(name)
      return count === record.attempts.length
        ? []
        : [`record ${record.requestId}: ${count} notes ${name} for ${record.attempts.length} attempts`]
    })
  })
}

function groupFindings(groups: readonly GroupRecord[], records: readonly CallRecord[]): readonly string[] {
  return groups.flatMap((group) => {
    const own = records.filter((record) => record.groups?.some(({ id }) => id === group.id))
    const sum = (of: (record: CallRecord) => number | undefined) =>
      own.reduce((all, record) => all + (of(record) ?? 0), 0)
    const figures = [
      ['calls', group.calls, own.length],
      ['attempts', group.attempts, sum(({ attempts }) => attempts.length)],
      ['inputTokens', group.inputTokens, sum(({ spent }) => spent?.inputTokens)],
      ['outputTokens', group.outputTokens, sum(({ spent }) => spent?.outputTokens)],
    ] as const
    const strange = own.filter((record) => !isRoot(record) && record.trace?.traceId !== group.trace.traceId)
    return [
      ...figures.flatMap(([name, said, seen]) =>
        said === seen ? [] : [`group ${group.name}: ${name} is ${said}, its records have ${seen}`],
      ),
      ...strange.map(({ requestId }) => `group ${group.name}: its call ${requestId} is in another trace`),
    ]
  })
}

/** Of a detached call `tracing()` makes a root span, and links it to the call that it came from. */
const isRoot = ({ detached, trace }: CallRecord): boolean => detached !== undefined && trace?.hasSpan === true

/** Detached calls stand in the trace of the call that they were detached from. */
function detachedFindings(records: readonly CallRecord[], byId: ReadonlyMap<string, CallRecord>): readonly string[] {
  return records.flatMap((record) => {
    const { detached, requestId, trace } = record
    if (!detached) return []
    const parent = byId.get(detached.parentId)
    if (parent === undefined) return [`record ${requestId}: there is no record of the call that it was detached from`]
    const right =
      isRoot(record) || (trace?.parentSpanId === parent.trace?.spanId && trace?.traceId === parent.trace?.traceId)
    return right ? [] : [`record ${requestId}: it does not stand in the span of the call that it was detached from`]
  })
}

/**
 * What is wrong with what telemetry told of calls that have all ended, none of them sampled out: ids that are there twice or lead nowhere,
 * times and sums that do not agree. Nothing where it is complete and correlated.
 *
 * @example
 * await watch.flush()
 * expect(telemetryFindings(exporter.items)).toEqual([])
 */
export function telemetryFindings(items: readonly TelemetryItem[]): readonly string[] {
  const records = items.flatMap((item) => (item.type === 'call' ? [item.record] : []))
  const notes = items.flatMap((item) => (item.type === 'note' ? [item.note] : []))
  const groups = items.flatMap((item) => (item.type === 'group' ? [item.group] : []))
  const losses = items.filter(({ type }) => type === 'loss').length
  const byId = new Map(records.map((record) => [record.id, record]))
  const twice = records.length - byId.size
  return [
    ...(twice > 0 ? [`${twice} records have the id of another one`] : []),
    ...(losses > 0 ? [`${losses} times something was lost`] : []),
    ...records.flatMap(recordFindings),
    ...noteFindings(notes, byId),
    ...attemptFindings(notes, records),
    ...groupFindings(groups, records),
    ...detachedFindings(records, byId),
  ]
}
