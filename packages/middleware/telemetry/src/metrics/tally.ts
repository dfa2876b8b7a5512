/** Most words of one tally; the rest is `other`. */
const MAX_WORDS = 64

/** Counts by word. */
export class Tally {
  readonly counts: Map<string, number> = new Map()

  add(word: string, times = 1): void {
    const known = this.counts.has(word) || this.counts.size < MAX_WORDS ? word : 'other'
    this.counts.set(known, (this.counts.get(known) ?? 0) + times)
  }

  merge(other: Tally): void {
    for (const [word, times] of other.counts) this.add(word, times)
  }

  toData(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.counts)
  }
}
