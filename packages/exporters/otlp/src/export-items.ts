import type { CallRecord, TelemetryItem } from '@cepa/core'
import { type Attributes, endAttributes, startAttributes } from '@cepa/core/semantic-conventions'
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import { asSpanAttributes, type ContentAttributes, contentAttributes } from './content.ts'
import { detailsLog, exceptionLog } from './logs/log-records.ts'
import type { OtlpSettings } from './otlp-settings.ts'
import { callSpans, needsSpan } from './traces/call-spans.ts'
import { groupSpan } from './traces/group-span.ts'

/** What is sent of some items. */
export interface Exportable {
  readonly spans: ReadableSpan[]
  readonly logs: ReadableLogRecord[]
}

/** What of the settings decides it. */
export type ExportRules = Pick<OtlpSettings, 'traces' | 'logs' | 'details' | 'content' | 'wording' | 'origin' | 'clock'>

/** What a call's span and its log records say of it, content apart. */
function attributesOf(record: CallRecord, { wording }: ExportRules): Attributes {
  const attributes = { ...startAttributes(record, wording), ...endAttributes(record, wording) }
  // the share that it stands for, so that totals can be restored
  if (record.sampling) attributes['cepa.sampling.weight'] = record.sampling.weight
  return attributes
}

function logsOf(
  record: CallRecord,
  { about, content }: { readonly about: Attributes; readonly content: ContentAttributes },
  rules: ExportRules,
): readonly ReadableLogRecord[] {
  const { wording, origin, clock, details } = rules
  const how = { wording, origin, nowMs: clock.epochMs() }
  const exception = exceptionLog(record, about, how)
  const whole = rules.content === 'event' || rules.content === 'both' ? { ...about, ...content } : about
  return [...(details ? [detailsLog(record, whole, how)] : []), ...(exception ? [exception] : [])]
}

function callExport(record: CallRecord, rules: ExportRules): Exportable {
  const about = attributesOf(record, rules)
  const content = rules.content === 'none' ? {} : contentAttributes(record, rules.wording.names)
  const onSpan = rules.content === 'span' || rules.content === 'both' ? asSpanAttributes(content) : {}
  return {
    spans: rules.traces && needsSpan(record) ? [...callSpans(record, { ...about, ...onSpan }, rules)] : [],
    logs: rules.logs ? [...logsOf(record, { about, content }, rules)] : [],
  }
}

/** The spans and log records of some items; those of `tracing()` are not made again. */
export function exportableOf(items: readonly TelemetryItem[], rules: ExportRules): Exportable {
  const all: Exportable = { spans: [], logs: [] }
  for (const item of items) {
    if (item.type === 'group' && rules.traces && !item.group.trace.hasSpan) all.spans.push(groupSpan(item.group, rules))
    if (item.type !== 'call') continue
    const { spans, logs } = callExport(item.record, rules)
    all.spans.push(...spans)
    all.logs.push(...logs)
  }
  return all
}
