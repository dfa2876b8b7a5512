import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import type { ExporterStats } from '../src/index.ts'

const run = promisify(execFile)

const ROUNDS = 5
const PER_ROUND = 2000

/** Compiled code grows the heap for as long as it gets faster; without it what is left is what is kept. */
const INTERPRETED = ['--no-opt', '--no-sparkplug', '--no-maglev', '--no-flush-bytecode']

/** The slope of a line through points that noise cannot bend: the median of the slopes between all pairs (Theil and Sen). */
function slopeOf(values: readonly number[]): number {
  const slopes = values
    .flatMap((value, index) => values.slice(index + 1).map((later, gap) => (later - value) / (gap + 1)))
    .toSorted((one, other) => one - other)
  return slopes[Math.floor(slopes.length / 2)] as number
}

test('with exporters that fail in every way, memory stays, and every item is counted', async () => {
  const fixture = fileURLToPath(new URL('fixtures/memory.ts', import.meta.url))
  const flags = [...INTERPRETED, '--expose-gc', '--conditions=@cepa/source', fixture, String(ROUNDS), String(PER_ROUND)]
  const { stdout } = await run(process.execPath, flags)
  const told = JSON.parse(stdout) as { heap: number[]; records: number; stats: readonly ExporterStats[] }
  expect((slopeOf(told.heap) * 1000) / PER_ROUND).toBeLessThan(1024)
  const calls = (ROUNDS + 3) * PER_ROUND
  const groups = ROUNDS + 3
  expect(told.records).toBe(calls)
  for (const { delivered, waiting, lost, name } of told.stats) {
    const gone = Object.values(lost).reduce((sum, count) => sum + count, 0)
    expect(delivered + waiting + gone, name).toBe(calls + groups)
  }
  expect(told.stats.at(-1)).toMatchObject({ name: 'works', delivered: calls + groups, lost: {} })
}, 120_000)
