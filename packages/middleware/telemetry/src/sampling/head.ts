/** Digits of a trace id that are random: its last 56 bits. */
const RANDOM_DIGITS = 14
const RANDOM_VALUES = 2 ** (4 * RANDOM_DIGITS)

/** Stands after every digit of hex: no trace id is kept. */
const NONE = 'g'

/**
 * The least random part of a trace id that is kept, as digits of hex. Where all digits have one length and one case, text order is the
 * order of numbers, also of those that a double cannot hold.
 */
function headThreshold(ratio: number): string {
  const threshold = Math.round((1 - ratio) * RANDOM_VALUES)
  return threshold >= RANDOM_VALUES ? NONE : threshold.toString(16).padStart(RANDOM_DIGITS, '0')
}

/**
 * Whether a trace is in the share `ratio` of all traces. Decided by its id alone, so that every service that samples this way keeps the
 * same ones, and the traces of a lower ratio are among those of a higher one.
 *
 * @see https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/ (keep if R ≥ T)
 * @see https://www.w3.org/TR/trace-context-2/#random-trace-id-flag (the last 7 bytes are random)
 */
export function headKeeps(traceId: string, ratio: number): boolean {
  if (ratio >= 1) return true
  if (ratio <= 0) return false
  return traceId.slice(-RANDOM_DIGITS) >= headThreshold(ratio)
}
