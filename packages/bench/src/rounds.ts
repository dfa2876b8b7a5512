/** One way to do the same work as others; gives what one round of it took. */
export type Contender = () => Promise<number>

const bestDecile = (samples: readonly number[]): number => {
  const best = samples.toSorted((a, b) => a - b).slice(0, Math.max(1, Math.floor(samples.length / 10)))
  return best.reduce((sum, sample) => sum + sample, 0) / best.length
}

/** Lets contenders take turns, so that a machine's moods meet all of them, and gives the mean of each one's best tenth. */
export async function takeTurns(contenders: readonly Contender[], rounds: number): Promise<readonly number[]> {
  const samples: number[][] = contenders.map(() => [])
  for (let turn = 0; turn < rounds; turn++)
    for (const [index, round] of contenders.entries()) samples[index]?.push(await round())
  return samples.map(bestDecile)
}

/** Nanoseconds that one run takes, over so many of them. */
export async function nsPerRun(run: () => Promise<unknown>, runs: number): Promise<number> {
  const startedAt = performance.now()
  for (let each = 0; each < runs; each++) await run()
  return ((performance.now() - startedAt) * 1e6) / runs
}
