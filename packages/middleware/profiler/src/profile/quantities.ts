const threeDigits = (value: number): string => value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0)

/** A duration with three digits in the unit that suits it: `840 ns`, `12.3 µs`, `1.84 s`. */
export function durationText(ms: number): string {
  if (ms < 0.0000005) return '0'
  if (ms < 0.0009995) return `${Math.round(ms * 1e6)} ns`
  if (ms < 0.9995) return `${threeDigits(ms * 1000)} µs`
  if (ms < 999.5) return `${threeDigits(ms)} ms`
  if (ms < 3_599_500) return `${threeDigits(ms / 1000)} s`
  return `${threeDigits(ms / 3_600_000)} h`
}

/** A whole number with groups: `12,345`. */
export const countText = (count: number): string => String(count).replace(/\B(?=(?:\d{3})+$)/g, ',')

/** A share in percent: `12.3 %`. */
export const shareText = (share: number): string => `${(share * 100).toFixed(1)} %`
