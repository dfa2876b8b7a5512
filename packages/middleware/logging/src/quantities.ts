/** A number of small units as large and small ones; no small ones where there are none. */
function inTwo(small: number, size: number, [large, rest]: readonly [string, string]): string {
  const left = small % size
  return `${Math.floor(small / size)} ${large}${left === 0 ? '' : ` ${left} ${rest}`}`
}

/** A duration as people read it: `840 ms`, `1.84 s`, `2 min 5 s`. */
export function durationText(ms: number): string {
  if (ms < 10) return `${Number(ms.toFixed(1))} ms`
  if (ms < 999.5) return `${Math.round(ms)} ms`
  if (ms < 59_995) return `${Number((ms / 1000).toFixed(ms < 9995 ? 2 : 1))} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 3600) return inTwo(seconds, 60, ['min', 's'])
  return inTwo(Math.round(seconds / 60), 60, ['h', 'min'])
}

/** A number of tokens with thin groups: `1,024`; `?` for one that is not known. */
export const countText = (count: number | undefined): string =>
  count === undefined ? '?' : String(count).replace(/\B(?=(?:\d{3})+$)/g, ',')

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB'] as const

/** A size as people read it, in powers of 1,000: `87 B`, `1.2 kB`, `34 MB`; `?` for one that is not known. */
export function bytesText(bytes: number | undefined): string {
  if (bytes === undefined) return '?'
  let unit = 0
  let size = bytes
  // what would be written as 1,000 is one of the next
  while (size >= 999.5 && unit < BYTE_UNITS.length - 1) {
    size /= 1000
    unit += 1
  }
  return `${Number(size.toFixed(unit > 0 && size < 9.95 ? 1 : 0))} ${BYTE_UNITS[unit]}`
}

/** US dollars with as many digits as they need to say something: `$1.20`, `$0.0031`. */
export function usdText(usd: number): string {
  if (usd === 0) return '$0'
  if (usd >= 0.995) return `$${usd.toFixed(2)}`
  return usd < 0.000001 ? 'under $0.000001' : `$${Number(usd.toPrecision(2))}`
}

/** Milliseconds as they are logged: to a tenth. */
export const tenths = (value: number): number => Math.round(value * 10) / 10
