/** What disagrees, in words. */
export type Finding = string

/** Costs are sums of fractions of a cent, in whatever order. */
export const COST_ROUNDING = 1e-9

/** Sums of times differ by rounding, in milliseconds. */
export const TIME_ROUNDING_MS = 1e-3

/** Gathers what disagrees about one thing. */
export class Findings {
  readonly found: Finding[] = []
  readonly #about: string

  /** @param about the line of the script, or the figure. */
  constructor(about: string) {
    this.#about = about
  }

  /** Both must be the same. */
  same(figure: string, seen: unknown, expected: unknown): void {
    if (!Object.is(seen, expected)) this.#add(figure, seen, expected)
  }

  /** Numbers that may differ by rounding; both may be unknown. */
  near(figure: string, { seen, expected }: Pair, rounding: number): void {
    if (seen === undefined || expected === undefined) this.same(figure, seen, expected)
    // not the other way round, so that NaN is near to nothing
    else if (!(Math.abs(seen - expected) <= rounding)) this.#add(figure, seen, expected)
  }

  /** A number that must not be larger than what bounds it. */
  atMost(figure: string, seen: number | undefined, bound: number | undefined): void {
    if (seen === undefined || bound === undefined || !(seen <= bound)) this.#add(figure, seen, `at most ${bound}`)
  }

  /** What must be so. */
  holds(figure: string, held: boolean, seen: unknown): void {
    if (!held) this.found.push(`${this.#about}: ${figure}: ${JSON.stringify(seen)}`)
  }

  #add(figure: string, seen: unknown, expected: unknown): void {
    this.found.push(`${this.#about}: ${figure} is ${String(seen)}, the ledger says ${String(expected)}`)
  }
}

/** A number that was told, and what it should be. */
export interface Pair {
  readonly seen: number | undefined
  readonly expected: number | undefined
}
