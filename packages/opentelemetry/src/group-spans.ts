import type { GroupRecord, GroupSpan, GroupSpans, GroupStart } from '@cepa/core'
import { groupEndAttributes, groupStartAttributes, type Wording } from '@cepa/core/semantic-conventions'
import { context, type HrTime, type Span, SpanKind, SpanStatusCode, type Tracer } from '@opentelemetry/api'
import type { Redaction } from './redaction.ts'
import { spanParentOf } from './span-parent.ts'
import { callTraceOf, contextWith } from './traced-pass.ts'

/** What spans of groups are made with. */
export interface GroupSpanParts {
  /** Absent while no SDK is registered. */
  readonly tracer: () => Tracer | undefined
  readonly wording: Wording
  readonly redaction: Redaction
}

function hrTimeOf(epochMs: number): HrTime {
  const seconds = Math.floor(epochMs / 1000)
  return [seconds, Math.min(999_999_999, Math.round((epochMs - seconds * 1000) * 1e6))]
}

function describe(span: Span, record: GroupRecord, { wording, redaction }: GroupSpanParts): void {
  const told = redaction.fields(record)
  span.setAttributes(groupEndAttributes(told, wording))
  if (told.error) span.setStatus({ code: SpanStatusCode.ERROR, message: told.error.message })
}

/** A span in what the group is part of, else in what is active. The SDK samples it, and with it what the group's calls come to. */
function start(group: GroupStart, tracer: Tracer, parts: GroupSpanParts): GroupSpan | undefined {
  const { wording, redaction } = parts
  const parent = spanParentOf(group.parent === undefined ? {} : { parent: group.parent })
  const told = redaction.fields(group)
  const options = {
    kind: SpanKind.INTERNAL,
    startTime: hrTimeOf(group.startedAtMs),
    attributes: groupStartAttributes(told, wording),
  }
  const span = tracer.startSpan(wording.word(told.name), options, parent.context)
  const place = callTraceOf(span, parent)
  if (place === undefined) return undefined
  const within = contextWith(span, parent)
  return {
    trace: place,
    run: (work) => context.with(within, work),
    end(recordBy) {
      try {
        const record = recordBy(redaction.scrub)
        if (span.isRecording()) describe(span, record, parts)
        span.end(hrTimeOf(record.startedAtMs + record.durationMs))
      } catch {
        // an SDK that is broken must not reach whoever ends a group
      }
    },
  }
}

/** Makes the spans of groups: agent runs, batches, conversations. */
export const groupSpans =
  (parts: GroupSpanParts): GroupSpans =>
  (group) => {
    const tracer = parts.tracer()
    if (tracer === undefined) return undefined
    try {
      return start(group, tracer, parts)
    } catch {
      // without a span a group has a place of its own
      return undefined
    }
  }
