import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { FAULTS } from './faults/index.ts'
import { RULE_IDS } from './faults/rule-ids.ts'
import type { Cell } from './matrix/cell.ts'
import type { Totals } from './matrix/print.ts'

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))
const CONTRACT = new URL('../../../docs/contract.md', import.meta.url)

/** Child processes at once. */
const AT_ONCE = 2
const MAX_MS = 240_000

interface Outcome {
  readonly code: number
  readonly errors: string
  readonly totals?: Totals
  readonly cells: readonly Cell[]
}

/** Runs the matrix in process with a fault planted, in a process of its own: the core is loaded with the fault. */
function withFault(rule: string): Promise<Outcome> {
  const args = ['--conditions=@cepa/source', MAIN, '--break', rule, '--in-process', '--bare', '--json']
  const options = { maxBuffer: 256 * 1024 * 1024, timeout: MAX_MS }
  return new Promise((resolve) => {
    execFile(process.execPath, args, options, (error, output, errors) => {
      const code = typeof error?.code === 'number' ? error.code : error ? -1 : 0
      const told = output === '' ? { cells: [] } : (JSON.parse(output) as Pick<Outcome, 'totals' | 'cells'>)
      resolve({ code, errors, ...told })
    })
  })
}

/** All faults, so many at a time. */
function outcomesOf(rules: readonly string[]): ReadonlyMap<string, Promise<Outcome>> {
  const slots: Promise<unknown>[] = Array.from({ length: AT_ONCE }, () => Promise.resolve())
  return new Map(
    rules.map((rule, index) => {
      const slot = index % AT_ONCE
      const outcome = (slots[slot] as Promise<unknown>).then(() => withFault(rule))
      slots[slot] = outcome
      return [rule, outcome]
    }),
  )
}

const outcomes = outcomesOf(RULE_IDS)

describe('every rule', () => {
  it('has a planted fault, and only rules have', () => {
    expect(FAULTS.map(({ rule }) => rule)).toEqual(RULE_IDS)
  })

  it('is the contract’s', (context) => {
    if (!existsSync(CONTRACT)) return context.skip('the contract is not written yet')
    const inContract = readFileSync(CONTRACT, 'utf8').match(/(?<=\*\*)[PERAND]\d+(?=\*\*)/g)
    expect([...new Set(inContract)].sort()).toEqual([...RULE_IDS].sort())
  })
})

describe.each(RULE_IDS)('a fault against %s', (rule) => {
  it('is noticed by some cells and not by all, among them one of a scenario that is about the rule', {
    timeout: 5 * MAX_MS,
  }, async () => {
    const { code, errors, totals, cells } = await (outcomes.get(rule) as Promise<Outcome>)
    expect(errors).toBe('')
    expect(code).toBe(1)
    expect(totals?.red).toBeGreaterThan(0)
    expect(totals?.green).toBeGreaterThan(0)
    const red = cells.filter(({ ok }) => !ok)
    expect(red.filter(({ rules }) => rules.includes(rule)).map(({ scenario }) => scenario)).not.toEqual([])
  })
})
