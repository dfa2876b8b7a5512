import type { Usage, UsageSource } from './event.ts'

/** The counts of a usage that add up. */
export const COUNTS: readonly (keyof Usage & `${string}Tokens`)[] = [
  'inputTokens',
  'outputTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'cacheWriteHourTokens',
  'reasoningTokens',
  'audioInputTokens',
  'audioOutputTokens',
  'imageInputTokens',
  'imageOutputTokens',
]

/** From the most certain to the least. */
const CERTAINTY: readonly UsageSource[] = ['cache', 'provider', 'partial', 'estimate']

/** The least certain of several sources; `undefined` of none. */
export function leastCertain(sources: readonly UsageSource[]): UsageSource | undefined {
  return CERTAINTY.findLast((source) => sources.includes(source))
}

const isKnown = <T>(value: T | undefined): value is T => value !== undefined

function sumOf(values: readonly (number | undefined)[], whole: boolean): number | undefined {
  const numbers = values.filter(isKnown)
  if (numbers.length === 0 || (whole && numbers.length < values.length)) return undefined
  return numbers.reduce((sum, number) => sum + number, 0)
}

function toolUsesOf(usages: readonly Usage[]): Record<string, number> | undefined {
  const uses = new Map<string, number>()
  for (const { serverToolUses } of usages) {
    for (const [name, count] of Object.entries(serverToolUses ?? {})) uses.set(name, (uses.get(name) ?? 0) + count)
  }
  return uses.size === 0 ? undefined : Object.fromEntries(uses)
}

/**
 * The sum of what several attempts used; `undefined` stands for one of which nothing is known. Input and output are there only if they
 * are known of all (for embeddings, which have no output, if none has it they are absent); the parts of them as far as they were told.
 * The source is that of the least certain. `undefined` where nothing at all is known.
 */
export function sumUsage(usages: readonly (Usage | undefined)[]): Usage | undefined {
  const told = usages.filter(isKnown)
  const source = leastCertain(told.map((usage) => usage.source))
  if (source === undefined) return undefined
  const sums = COUNTS.map((name) => {
    const whole = name === 'inputTokens' || name === 'outputTokens'
    return [
      name,
      sumOf(
        usages.map((usage) => usage?.[name]),
        whole,
      ),
    ] as const
  })
  const serverToolUses = toolUsesOf(told)
  const tiers = new Set(told.map(({ serviceTier }) => serviceTier))
  const [serviceTier] = tiers
  return {
    ...Object.fromEntries(sums.filter(([, sum]) => sum !== undefined)),
    ...(serverToolUses && { serverToolUses }),
    ...(tiers.size === 1 && serviceTier !== undefined && { serviceTier }),
    source: told.length < usages.length && source !== 'estimate' ? 'partial' : source,
  }
}
