import type { GroupRecord } from '@cepa/core'
import { groupEndAttributes, groupStartAttributes } from '@cepa/core/semantic-conventions'
import { SpanKind } from '@opentelemetry/api'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import type { SpanRules } from './call-spans.ts'
import { spanOf } from './span.ts'

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
      attributes: { ...groupStartAttributes(group, wording), ...groupEndAttributes(group, wording) },
      error,
    },
    origin,
  )
}
