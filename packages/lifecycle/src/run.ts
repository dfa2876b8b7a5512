import { type Arguments, UsageError } from './arguments.ts'
import type { Fault } from './faults/fault.ts'
import { COLUMNS } from './matrix/column.ts'
import { coloured, plain } from './matrix/paint.ts'
import { matrixText, totalsOf } from './matrix/print.ts'
import { runMatrix, type Selection } from './matrix/run-matrix.ts'
import { SCENARIOS } from './scenarios/index.ts'
import { runBeside } from './standing/beside.ts'

/**
 * Runs the matrix and prints it; tells whether it is green.
 *
 * @throws {UsageError} for a scenario that does not exist.
 */
export async function run(given: Arguments, planted: Fault | undefined): Promise<boolean> {
  const { json, inProcess, bare, scenarios } = given
  checkScenarios(scenarios)
  const selection: Selection = {
    ...(inProcess && { columns: COLUMNS.filter(({ via }) => via === 'process') }),
    ...(scenarios.length > 0 && { scenarios }),
    whole: json,
  }
  const parts = await Promise.all([
    bare ? [] : runBeside({ selection, ...(planted && { rule: planted.rule }) }),
    runMatrix(SCENARIOS, selection),
  ])
  const cells = parts.reverse().flat()
  const totals = totalsOf(cells)
  if (json) {
    const head = planted ? { planted: { rule: planted.rule, what: planted.what } } : {}
    process.stdout.write(`${JSON.stringify({ ...head, totals, cells }, undefined, 1)}\n`)
  } else {
    console.log(matrixText(cells, process.stdout.isTTY && !process.env.NO_COLOR ? coloured : plain))
    if (planted) console.log(`\nPlanted against ${planted.rule}: ${planted.what}`)
  }
  return totals.red === 0
}

/** A row, or with the name of a middleware before it (`retry:cancel`) the same row with that in its stack. */
function checkScenarios(ids: readonly string[]): void {
  const known = SCENARIOS.flatMap(({ scenarios }) => scenarios.map(({ id }) => id))
  const unknown = ids.find((id) => !known.includes(id.replace(/^\w+:/, '')))
  if (unknown !== undefined) throw new UsageError(`there is no scenario ${unknown}; --json lists them all`)
}
