import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { ExporterStats } from '../src/index.ts'
import { type BrokenServer, brokenServer, type Way } from './broken-server.ts'

const run = promisify(execFile)

/** Rounds of calls before the heap is looked at. */
const WARM_UP = 3

/** Compiled code grows the heap for as long as it gets faster; without it what is left is what is kept. */
const INTERPRETED = ['--no-opt', '--no-sparkplug', '--no-maglev', '--no-flush-bytecode']

/** The slope of a line through points that noise cannot bend: the median of the slopes between all pairs (Theil and Sen). */
function slopeOf(values: readonly number[]): number {
  const slopes = values
    .flatMap((value, index) => values.slice(index + 1).map((later, gap) => (later - value) / (gap + 1)))
    .toSorted((one, other) => one - other)
  return slopes[Math.floor(slopes.length / 2)] as number
}

interface Told {
  /** Bytes on the heap after each round. */
  readonly heap: readonly number[]
  readonly answered: number
  readonly records: number
  /** Calls that the metrics have. */
  readonly metrics: number
  readonly stats: readonly ExporterStats[]
}

async function inRounds(rounds: number, perRound: number, urls: object = {}): Promise<Told> {
  const fixture = fileURLToPath(new URL('fixtures/memory.ts', import.meta.url))
  const flags = [...INTERPRETED, '--expose-gc', '--conditions=@cepa/source']
  const { stdout } = await run(process.execPath, [...flags, fixture, `${rounds}`, `${perRound}`, JSON.stringify(urls)])
  return JSON.parse(stdout) as Told
}

/** Whatever an exporter does: every call was answered and counted, and every item was delivered or is counted as lost. */
function checkCounts({ answered, records, metrics, stats }: Told, calls: number, groups: number): void {
  expect([answered, records, metrics]).toEqual([calls, calls, calls])
  for (const { delivered, waiting, lost, name } of stats) {
    const gone = Object.values(lost).reduce((sum, count) => sum + count, 0)
    expect(delivered + waiting + gone, name).toBe(calls + groups)
    if (name.endsWith('works')) expect({ delivered, lost }, name).toEqual({ delivered: calls + groups, lost: {} })
    else expect(gone, name).toBeGreaterThan(0)
  }
}

test('with exporters that fail in every way, memory stays, and every item is counted', async () => {
  const [rounds, perRound] = [5, 2000]
  const told = await inRounds(rounds, perRound)
  expect((slopeOf(told.heap) * 1000) / perRound).toBeLessThan(1024)
  checkCounts(told, (WARM_UP + rounds) * perRound, WARM_UP + rounds)
}, 120_000)

describe('with real exporters to servers that fail in every way', () => {
  const WAYS: readonly Way[] = ['hangs', '500', '429', 'slow', 'refuses', 'works']
  const [rounds, perRound] = [8, 500]
  /** Connections come and go, and with them this much: a record that stayed of one call in twenty would be more. */
  const NOISE_BYTES = 131_072

  async function bench(): Promise<{ readonly told: Told; readonly seen: BrokenServer['seen'] }> {
    const server = await brokenServer()
    onTestFinished(() => server.close())
    const urls = Object.fromEntries(WAYS.map((way) => [way, server.urlOf(way)]))
    return { told: await inRounds(rounds, perRound, urls), seen: server.seen }
  }

  test('calls are answered, memory stays, and every item is counted', async () => {
    const { told, seen } = await bench()
    checkCounts(told, (WARM_UP + rounds) * perRound, WARM_UP + rounds)
    const third = Math.floor(rounds / 3)
    const [first, last] = [told.heap.slice(0, third + 1), told.heap.slice(-third - 1)]
    expect(Math.min(...last) - Math.min(...first)).toBeLessThan(NOISE_BYTES)
    // each way was really gone, by both exporters; nobody sees who is refused
    for (const way of WAYS) if (way !== 'refuses') expect(seen[way], way).toBeGreaterThan(20)
    const errorOf = (name: string) => told.stats.find((each) => each.name === name)?.lastError
    for (const kind of ['remote', 'otlp']) {
      expect(errorOf(`${kind} 500`)).toContain('500')
      expect(errorOf(`${kind} 429`)).toContain('429')
      expect(errorOf(`${kind} refuses`)).toContain('ECONNREFUSED')
      expect(errorOf(`${kind} hangs`)).toMatch(/within 20 ms|in time/)
    }
  }, 120_000)
})
