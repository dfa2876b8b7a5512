import type { Clock } from '../clock.ts'

const READS = 101

const costs = new WeakMap<Clock, number>()

/** What one read of a clock takes, in milliseconds: the median of many; measured once for each clock. */
export function clockCostMs(clock: Clock): number {
  const known = costs.get(clock)
  if (known !== undefined) return known
  const reads = Array.from({ length: READS + 1 }, () => clock.now())
  const steps = reads.slice(1).map((now, index) => now - (reads[index] as number))
  const cost = steps.sort((a, b) => a - b)[READS >> 1] as number
  costs.set(clock, cost)
  return cost
}
