import type { CallRecord, MetricRow } from '@cepa/core'
import type { Account } from '../account/account.ts'

/** A call with the record that has been held to its account. */
export interface Counted {
  readonly account: Account
  readonly record: CallRecord
}

/** One figure of the metrics: what the ledgers have of it for a call, and where it stands. */
export interface Figure {
  readonly name: string
  /** Of one call; absent where it has none. */
  readonly of: (counted: Counted) => number | undefined
  /** In a row of the metrics. */
  readonly row: (row: MetricRow) => number | undefined
  /** Names of Prometheus' samples that have it, without prefix. */
  readonly samples: readonly string[]
  /** From the unit of the row to that of the sample. Default: 1. */
  readonly divisor?: number
  readonly rounding: number
}

/** How many calls have something. */
export const whether = (value: unknown): number => (value === undefined ? 0 : 1)

/** A figure that must be the same to the last one. */
export const count = (
  name: string,
  of: Figure['of'],
  { row, samples = [] }: { row: Figure['row']; samples?: readonly string[] },
): Figure => ({ name, of, row, samples, rounding: 0 })
