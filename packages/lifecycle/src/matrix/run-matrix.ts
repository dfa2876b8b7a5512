import type { ScenarioGroup } from '../scenarios/scenario.ts'
import type { Cell } from './cell.ts'
import { COLUMNS, type Column } from './column.ts'
import { runCell, watchUnhandled } from './run-cell.ts'

/** Which part of the matrix is run. */
export interface Selection {
  /** Default: all. */
  readonly columns?: readonly Column[]
  /** Ids of scenarios. Default: all. */
  readonly scenarios?: readonly string[]
  /** Whether cells that hold keep what was expected and seen. Default: no, it fills the memory. */
  readonly whole?: boolean
}

const slim = ({ expected: _, seen: __, ...cell }: Cell): Cell => cell

/** Runs the matrix, cell after cell. */
export async function runMatrix(groups: readonly ScenarioGroup[], selection: Selection = {}): Promise<readonly Cell[]> {
  const { columns = COLUMNS, scenarios: ids, whole = false } = selection
  const unhandled = watchUnhandled()
  const cells: Cell[] = []
  try {
    for (const { title, scenarios } of groups) {
      for (const scenario of scenarios) {
        if (ids && !ids.includes(scenario.id)) continue
        for (const column of columns) {
          if (scenario.asked?.(column) === false) continue
          const cell = await runCell({ scenario, group: title, column }, unhandled)
          cells.push(whole || !cell.ok ? cell : slim(cell))
        }
      }
    }
  } finally {
    unhandled.stop()
  }
  return cells
}
