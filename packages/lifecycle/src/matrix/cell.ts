import type { Part, Scenario } from '../scenarios/scenario.ts'
import type { Account } from '../stage/account.ts'
import { type Column, columnName } from './column.ts'

/** One cell of the matrix, as `--json` gives it. */
export interface Cell extends Column {
  readonly scenario: string
  readonly title: string
  /** The line of the printed matrix that it is part of. */
  readonly line: string
  readonly group: string
  readonly rules: readonly string[]
  /** Whether it holds. Cells that do not apply are `true`. */
  readonly ok: boolean
  /** Why it does not apply, where it does not. */
  readonly reason?: string
  readonly expected?: Account
  readonly seen?: Account
  /** What differs, in words. */
  readonly differences?: readonly string[]
}

/** A scenario in a column: its part, or the reason why it does not apply there. */
export function partIn(scenario: Scenario, column: Column): Part | string {
  const part = scenario[column.mode]
  return typeof part === 'string' ? part : (scenario.not?.(column) ?? part)
}

/** A cell in a few words, for messages. */
export const cellName = (cell: Cell): string => `${cell.scenario} ${columnName(cell)}`
