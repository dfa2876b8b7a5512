import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const ROUNDS = 7
const PER_ROUND = 3000

/** Compiled code grows the heap for as long as it gets faster; without it what is left is what is kept. */
const INTERPRETED = ['--no-opt', '--no-sparkplug', '--no-maglev', '--no-flush-bytecode']

/** The slope of a line through points that noise cannot bend: the median of the slopes between all pairs (Theil and Sen). */
function slopeOf(values: readonly number[]): number {
  const slopes = values
    .flatMap((value, index) => values.slice(index + 1).map((later, gap) => (later - value) / (gap + 1)))
    .toSorted((one, other) => one - other)
  return slopes[Math.floor(slopes.length / 2)] as number
}

test('memory stays, however many calls, models and pipelines there are', { timeout: 60_000 }, async () => {
  const fixture = fileURLToPath(new URL('fixtures/memory.ts', import.meta.url))
  const flags = [...INTERPRETED, '--expose-gc', '--conditions=@cepa/source', fixture, String(ROUNDS), String(PER_ROUND)]
  const { stdout } = await promisify(execFile)(process.execPath, flags)
  const told = JSON.parse(stdout) as {
    readonly heap: readonly number[]
    readonly calls: number
    readonly groups: number
  }
  // less than five bytes for each call
  expect(slopeOf(told.heap) / PER_ROUND).toBeLessThan(5)
  expect(told.calls).toBe((ROUNDS + 3) * PER_ROUND)
  expect(told.groups).toBeLessThanOrEqual(17)
})
