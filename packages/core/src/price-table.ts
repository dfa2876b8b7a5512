import type { Usage } from './event.ts'
import type { Operation } from './request.ts'

/** What beside text a request sent, or an answer brought. */
export type MediaKind = 'image' | 'audio' | 'video' | 'document'

/** One attempt at a provider, as far as its price depends on it. */
export interface PriceRequest {
  /** Name of the adapter that was asked. */
  readonly provider: string
  /** The model that was asked for. */
  readonly model: string
  /** The model that answered, in the provider's words; absent where it did not say. */
  readonly answeredBy?: string
  readonly operation: Operation
  /** What the attempt used. A part that is absent is not told: a table must not take it for another part. */
  readonly usage: Usage
  /** When the attempt started, in milliseconds since the Unix epoch. */
  readonly epochMs: number
  /** Whether it ran in the provider's batch interface. Default: as `usage.serviceTier` says. */
  readonly batch?: boolean
  /** What the request asked of this provider alone; some of it changes the price (a service tier, a region). */
  readonly providerOptions?: Readonly<Record<string, unknown>>
  /** Kinds of media in the request. Default: none. */
  readonly sent?: readonly MediaKind[]
  /** Kinds of media in the answer. Default: none. */
  readonly received?: readonly MediaKind[]
}

/** What an attempt cost. */
export interface Price {
  /** US dollars. */
  readonly usd: number
  /** US dollars by part: `input`, `cacheRead`, `output`, `web_search`, … They sum up to `usd`. */
  readonly parts: Readonly<Record<string, number>>
  /** Where the prices come from. */
  readonly source: string
  /** Of what day the prices are, as `YYYY-MM-DD`. */
  readonly date: string
}

/** That a price is not known, and why, as a clause. */
export interface NoPrice {
  readonly unknown: string
}

/**
 * Tells what attempts cost. A part of a usage that has no price of its own, and no rule that gives it one, makes the whole price
 * unknown; it is never taken at the price of another part. `prices()` of `@cepa/prices` is one.
 *
 * @example
 * const flat: PriceTable = {
 *   name: 'flat',
 *   price: () => ({ usd: 0.01, parts: { request: 0.01 }, source: 'our contract', date: '2026-01-01' }),
 * }
 */
export interface PriceTable {
  /** Shown by `explain()`. */
  readonly name: string
  /** The price of one attempt, from what the table knows now. Does not wait. */
  price(asked: PriceRequest): Price | NoPrice
}
