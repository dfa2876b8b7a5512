import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { RULE_IDS } from './faults/rule-ids.ts'
import { type Cell, cellName } from './matrix/cell.ts'
import { COLUMNS } from './matrix/column.ts'
import { runMatrix } from './matrix/run-matrix.ts'
import { SCENARIOS } from './scenarios/index.ts'
import { GUESTS, STANDING } from './standing/index.ts'

/** What fails, in words; empty for a green matrix. */
const failuresOf = (cells: readonly Cell[]): readonly string[] =>
  cells.filter(({ ok }) => !ok).map((cell) => [cellName(cell), ...(cell.differences ?? [])].join('\n  '))

describe.each(SCENARIOS.map((group) => [group.title, group] as const))('%s', (_title, group) => {
  it('ends as it must, in every cell', { timeout: 60_000 }, async () => {
    const cells = await runMatrix([group])
    expect(failuresOf(cells)).toEqual([])
    expect(cells).toHaveLength(group.scenarios.length * COLUMNS.length)
    expect(cells.filter(({ reason }) => reason === '')).toEqual([])
  })
})

describe.each(STANDING.map((group) => [group.title, group] as const))('%s', (_title, group) => {
  it('changes no ending', { timeout: 60_000 }, async () => {
    expect(failuresOf(await runMatrix([group]))).toEqual([])
  })
})

describe('the matrix', () => {
  const scenarios = SCENARIOS.flatMap((group) => group.scenarios)

  it('has lines for every middleware', () => {
    const folders = readdirSync(fileURLToPath(new URL('../../middleware', import.meta.url)))
    expect(GUESTS.map(({ folder }) => folder).toSorted()).toEqual(folders.toSorted())
  })

  it('knows every scenario once', () => {
    const ids = scenarios.map(({ id }) => id)
    expect(ids).toEqual([...new Set(ids)])
  })

  it('has a scenario for every rule', () => {
    const rules = new Set(scenarios.flatMap((scenario) => scenario.rules))
    expect(RULE_IDS.filter((rule) => !rules.has(rule))).toEqual([])
  })
})
