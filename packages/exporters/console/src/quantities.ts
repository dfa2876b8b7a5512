const SECOND_MS = 1000
const MINUTE_S = 60
const HOUR_S = 3600

/** A duration in at most seven characters, so that they stand below each other: `4.2ms`, `840ms`, `1.24s`, `2m05s`, `1h02m`. */
export function duration(ms: number): string {
  if (ms < 9.95) return `${ms.toFixed(1)}ms`
  if (ms < SECOND_MS - 0.5) return `${ms.toFixed(0)}ms`
  const seconds = ms / SECOND_MS
  if (seconds < MINUTE_S - 0.05) return `${seconds.toFixed(seconds < 9.995 ? 2 : 1)}s`
  const whole = Math.round(seconds)
  if (whole < HOUR_S) return pair(whole, MINUTE_S, 'ms')
  return pair(Math.round(whole / MINUTE_S), MINUTE_S, 'hm')
}

const pair = (small: number, size: number, [large, rest]: string): string =>
  `${Math.floor(small / size)}${large}${String(small % size).padStart(2, '0')}${rest}`

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 })

/** A count with its thousands apart; `?` where it is not known. */
export const count = (value: number | undefined): string => (value === undefined ? '?' : grouped.format(value))

/** `1 call`, `2 calls`. */
export const counted = (value: number, noun: string): string => `${count(value)} ${noun}${value === 1 ? '' : 's'}`

/** US dollars with two digits that say something, in full from a dollar on. */
export function dollars(usd: number): string {
  if (usd === 0) return '$0'
  return usd < 0.995 ? `$${Number(usd.toPrecision(2)).toFixed(decimalsOf(usd))}` : `$${usd.toFixed(2)}`
}

const decimalsOf = (usd: number): number => Math.min(10, Math.max(2, 1 - Math.floor(Math.log10(usd))))
