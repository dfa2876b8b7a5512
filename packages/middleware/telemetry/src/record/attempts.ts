import { type Attempt, type RecordedAttempt, recordedError, sumUsage, type Usage } from '@cepa/core'

/** What an adapter reports, as it stands in a record. */
const DETAILS = [
  'headersMs',
  'reason',
  'status',
  'providerRequestId',
  'serverAddress',
  'serverPort',
  'bytesSent',
  'bytesReceived',
  'wireBytesReceived',
  'apiType',
  'systemFingerprint',
  'rateLimit',
  'usage',
] as const satisfies readonly (keyof Attempt & keyof RecordedAttempt)[]

/** How attempts become data. */
export interface AttemptForm {
  /** `clock.now()` of the call's start. */
  readonly startedAt: number
  /** Takes secrets out of an error's texts, before they are cut. */
  readonly scrub: (text: string) => string
  readonly spanId?: string | undefined
}

/** An attempt as data, as far as it has come. */
export function recordedAttempt(attempt: Attempt, { startedAt, scrub, spanId }: AttemptForm): RecordedAttempt {
  const { index, provider, model, won, ending } = attempt
  const details = DETAILS.flatMap((name) => (attempt[name] === undefined ? [] : [[name, attempt[name]] as const]))
  return {
    index,
    provider,
    model,
    startMs: attempt.startedAt - startedAt,
    won,
    ...Object.fromEntries(details),
    ...(spanId !== undefined && { spanId }),
    ...(ending && { durationMs: ending.at - attempt.startedAt, ending: ending.kind }),
    ...(ending && 'error' in ending && { error: recordedError(ending.error, scrub) }),
  }
}

/** The attempt that made the answer, else the last. */
export const answering = (attempts: readonly Attempt[]): Attempt | undefined =>
  attempts.find(({ won }) => won) ?? attempts.at(-1)

/** A provider bills nothing for what it refused, or what never reached it. */
const wasFree = ({ status, ending, usage }: Attempt): boolean =>
  usage === undefined && ending?.kind === 'failed' && (status === undefined || status >= 400)

/** What the attempts spent, as far as their providers told it; `undefined` where nothing is known. */
export const spentBy = (attempts: readonly Attempt[]): Usage | undefined =>
  sumUsage(attempts.filter((attempt) => !wasFree(attempt)).map(({ usage }) => usage))

type Bytes = 'bytesSent' | 'bytesReceived' | 'wireBytesReceived'

/** The sums of what the attempts sent and received, as far as it is known. */
export function bytesOf(attempts: readonly Attempt[]): Partial<Record<Bytes, number>> {
  const sums: Partial<Record<Bytes, number>> = {}
  for (const name of ['bytesSent', 'bytesReceived', 'wireBytesReceived'] as const) {
    const known = attempts.flatMap((attempt) => attempt[name] ?? [])
    if (known.length > 0) sums[name] = known.reduce((sum, bytes) => sum + bytes, 0)
  }
  return sums
}
