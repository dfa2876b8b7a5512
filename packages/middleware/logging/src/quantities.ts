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

/** US dollars with as many digits as they need to say something: `$1.20`, `$0.0031`. */
export function usdText(usd: number): string {
  if (usd === 0) return '$0'
  if (usd >= 0.995) return `$${usd.toFixed(2)}`
  return usd < 0.000001 ? 'under $0.000001' : `$${Number(usd.toPrecision(2))}`
}

/** Milliseconds as they are logged: to a tenth. */
export const tenths = (value: number): number => Math.round(value * 10) / 10
