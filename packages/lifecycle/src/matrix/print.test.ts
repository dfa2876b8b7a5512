import { describe, expect, it } from 'vitest'
import type { Cell } from './cell.ts'
import { COLUMNS } from './column.ts'
import { matrixText, totalsOf } from './print.ts'

const cells: readonly Cell[] = COLUMNS.map((column) => ({
  ...column,
  scenario: 'leave',
  title: 'leave early',
  line: 'leave early',
  group: 'Leaving',
  rules: ['E3'],
  ok: !(column.via === 'http' && column.position === 'innermost' && column.mode === 'stream'),
  ...(column.mode === 'whole' && { reason: 'nobody can leave a whole answer' }),
  ...(column.via === 'http' && column.position === 'innermost' && { differences: ['caller: expected "a", seen "b"'] }),
}))

describe('the printed matrix', () => {
  const text = matrixText(cells)

  it('has a line for each scenario, with a mark for each column', () => {
    expect(text).toContain('Leaving\n  leave early  ✓ ✓ ✓ ✓    ✓ ✓ ✓ ✗    – – – –    – – – –\n')
  })

  it('says why cells do not apply', () => {
    expect(text).toContain('nobody can leave a whole answer\n      whole answer: leave\n')
  })

  it('explains the cells that fail', () => {
    expect(text).toContain('✗ leave stream/http/innermost  rules E3\n      caller: expected "a", seen "b"\n')
  })

  it('ends with its totals', () => {
    expect(totalsOf(cells)).toEqual({ green: 7, red: 1, apart: 8 })
    expect(text.split('\n').at(-1)).toMatch(/1 scenario, 16 cells +7 ✓ {2}1 ✗ {2}8 –/)
  })
})
