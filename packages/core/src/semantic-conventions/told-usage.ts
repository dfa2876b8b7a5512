import type { Usage } from '../event.ts'
import type { DescribedCall } from './described-call.ts'

/** The counts that add up over attempts. */
const COUNTS = [
  'inputTokens',
  'outputTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'reasoningTokens',
  'audioInputTokens',
  'audioOutputTokens',
  'imageInputTokens',
  'imageOutputTokens',
] as const satisfies readonly (keyof Usage)[]

function sumOf(usages: readonly Usage[], source: Usage['source']): Usage {
  const sums: [string, number][] = []
  for (const count of COUNTS) {
    const told = usages.flatMap((usage) => usage[count] ?? [])
    if (told.length > 0) sums.push([count, told.reduce((sum, tokens) => sum + tokens, 0)])
  }
  const { serviceTier } = usages.at(-1) as Usage
  return { ...Object.fromEntries(sums), ...(serviceTier !== undefined && { serviceTier }), source }
}

/**
 * The tokens that the providers themselves say they have used for a call: the sum over its attempts, losers too, since all of them are
 * billed; of an attempt that was cut short what it had told by then (`partial`). Absent where no provider told any, and for an answer
 * from a cache, which makes no attempt. With `estimates` what `tokenCount()` found out instead: it fills in what was not told.
 *
 * @example
 * toldUsage(record, false)?.inputTokens
 */
export function toldUsage(
  { attempts, spent }: Pick<DescribedCall, 'attempts' | 'spent'>,
  estimates: boolean,
): Usage | undefined {
  if (estimates && spent !== undefined && spent.source !== 'cache') return spent
  const told = attempts.filter(({ usage }) => usage?.source === 'provider')
  const whole = told.every(({ ending }) => ending === 'done')
  if (told.length === 0 || (told.length === 1 && whole)) return told[0]?.usage
  return sumOf(
    told.flatMap(({ usage }) => usage ?? []),
    whole ? 'provider' : 'partial',
  )
}
