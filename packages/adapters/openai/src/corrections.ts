import { type Correction, isRefusedField } from '@cepa/transport'
import type { Body } from './chat-body.ts'

/** A change of the body for servers that refuse one of its fields. */
interface FieldCorrection {
  readonly field: string
  readonly reason: string
  change(body: Record<string, unknown>): void
}

/** Older servers know `max_tokens` only, some know no `stream_options`, some no other encoding than their own. */
const FIELDS: readonly FieldCorrection[] = [
  {
    field: 'stream_options',
    reason: 'without stream_options',
    change: (body) => void delete body.stream_options,
  },
  {
    field: 'max_completion_tokens',
    reason: 'with max_tokens',
    change: (body) => {
      body.max_tokens = body.max_completion_tokens
      delete body.max_completion_tokens
    },
  },
  {
    field: 'encoding_format',
    reason: 'without encoding_format',
    change: (body) => void delete body.encoding_format,
  },
]

/** The corrections that a body may need: only of fields that the adapter chose, not the caller. */
export const correctionsFor = (body: Body, chosenByCaller: object | undefined): readonly Correction[] =>
  FIELDS.filter(({ field }) => field in body && !Object.hasOwn(chosenByCaller ?? {}, field)).map(
    ({ field, reason }) => ({
      reason,
      applies: (error) => isRefusedField(error, field),
    }),
  )

/** The body after the corrections that were made. */
export function correctedBody(body: Body, made: ReadonlySet<string>): Body {
  const corrected = { ...body }
  for (const { reason, change } of FIELDS) if (made.has(reason)) change(corrected)
  return corrected
}
