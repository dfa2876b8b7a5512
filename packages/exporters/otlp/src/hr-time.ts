import type { HrTime } from '@opentelemetry/api'

const MICROS_PER_SECOND = 1_000_000

/**
 * A wall-clock time as OpenTelemetry has it: seconds and nanoseconds since the Unix epoch, to the microsecond.
 *
 * @param epochMs milliseconds since the Unix epoch, fractions included.
 */
export function hrTimeOf(epochMs: number): HrTime {
  const micros = Math.round(epochMs * 1000)
  const seconds = Math.floor(micros / MICROS_PER_SECOND)
  return [seconds, (micros - seconds * MICROS_PER_SECOND) * 1000]
}
