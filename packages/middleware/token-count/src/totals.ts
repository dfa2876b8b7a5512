import type { Account } from './account.ts'
import { addAttempt, plus, type Sums, type TokenTotal, zero } from './token-total.ts'

/** The running totals of a `tokenCount()`. */
export interface TokenTotals {
  readonly all: TokenTotal
  /**
   * By `provider`, by `model` (`provider/model`) and by each attribute of the option `by`, under its value. Calls without the attribute are under `(none)`;
   * once there are `maxGroups` values, further ones are under `other`.
   */
  readonly by: Readonly<Record<string, Readonly<Record<string, TokenTotal>>>>
}

const NO_VALUE = '(none)'
const OVERFLOW = 'other'

/** The sums under the values of one label. */
class Groups {
  readonly sums: Map<string, Sums> = new Map()
  readonly #most: number

  constructor(most: number) {
    this.#most = most
  }

  of(value: string): Sums {
    const known = this.sums.get(value)
    if (known) return known
    const name = this.sums.size < this.#most ? value : OVERFLOW
    const sums = this.sums.get(name) ?? zero()
    this.sums.set(name, sums)
    return sums
  }
}

/** A call for the totals. */
export interface Counted {
  readonly account: Account
  readonly attributes: Readonly<Record<string, string>>
  /** Whether it was for embeddings, which have no output tokens. */
  readonly embeds: boolean
}

/** Keeps the totals of one `tokenCount()`: a few numbers for each value of each label, and no more values than were allowed. */
export class Totals {
  #all = zero()
  #groups: Map<string, Groups>
  readonly #labels: readonly string[]
  readonly #most: number

  constructor(attributes: readonly string[], maxGroups: number) {
    this.#labels = attributes
    this.#most = maxGroups
    this.#groups = this.#empty()
  }

  add({ account: { attempts }, attributes, embeds }: Counted): void {
    const targets = [this.#all, ...this.#labels.map((label) => this.#group(label).of(attributes[label] ?? NO_VALUE))]
    const called = new Set(targets)
    for (const each of attempts) {
      const { provider, model } = each.attempt
      const own = [this.#group('provider').of(provider), this.#group('model').of(`${provider}/${model}`)]
      for (const sums of [...targets, ...own]) addAttempt(sums, each, embeds)
      for (const sums of own) called.add(sums)
    }
    for (const sums of called) sums.calls += 1
  }

  read(): TokenTotals {
    const by = [...this.#groups].map(([label, { sums }]) => [
      label,
      Object.fromEntries([...sums].map(([value, each]) => [value, { ...each }])),
    ])
    return { all: { ...this.#all }, by: Object.fromEntries(by) }
  }

  reset(): void {
    this.#all = zero()
    this.#groups = this.#empty()
  }

  #empty(): Map<string, Groups> {
    return new Map(['provider', 'model', ...this.#labels].map((label) => [label, new Groups(this.#most)]))
  }

  #group(label: string): Groups {
    return this.#groups.get(label) as Groups
  }
}

function mergeGroups(
  a: Readonly<Record<string, TokenTotal>>,
  b: Readonly<Record<string, TokenTotal>>,
): Readonly<Record<string, TokenTotal>> {
  const merged = new Map(Object.entries(a))
  for (const [value, total] of Object.entries(b)) {
    const known = merged.get(value)
    merged.set(value, known ? plus(known, total) : total)
  }
  return Object.fromEntries(merged)
}

/** The sum of several totals, group by group. */
export function sumTotals(totals: readonly TokenTotals[]): TokenTotals {
  return totals.reduce<TokenTotals>(
    (sum, { all, by }) => {
      const labels = new Set([...Object.keys(sum.by), ...Object.keys(by)])
      const groups = [...labels].map((label) => [label, mergeGroups(sum.by[label] ?? {}, by[label] ?? {})])
      return { all: plus(sum.all, all), by: Object.fromEntries(groups) }
    },
    { all: zero(), by: {} },
  )
}
