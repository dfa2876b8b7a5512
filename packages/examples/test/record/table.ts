import { readFileSync } from 'node:fs'

/** A row of the table of fields. */
export interface Row {
  readonly of: 'call' | 'group'
  readonly path: string
  readonly type: string
  /** Behind the type; empty where there is none. */
  readonly unit: string
  readonly what: string
  readonly absent: string
  readonly inLine: boolean
  readonly attributes: readonly string[]
  readonly metrics: readonly string[]
}

/** The page that has the table. */
export const PAGE: string = readFileSync(new URL('../../../../docs/record.md', import.meta.url), 'utf8')

const HEAD = '| field '

const named = (cell: string): readonly string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name as string)

/** The rows of the table, in order. */
export function rowsOf(page: string): readonly Row[] {
  const lines = page.slice(page.indexOf(`\n${HEAD}`) + 1).split('\n')
  const rows: Row[] = []
  let of: Row['of'] = 'call'
  for (const line of lines.slice(2)) {
    if (!line.startsWith('|')) break
    const [field = '', type = '', what = '', absent = '', inLine = '', attributes = '', metrics = ''] = line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim())
    if (field === '**of a group**') of = 'group'
    const [path] = named(field)
    if (path === undefined) continue
    const [, shape = '', unit = ''] = /^`([^`]+)`(?:, (.+))?$/.exec(type) ?? []
    rows.push({
      of,
      path,
      type: shape,
      unit,
      what,
      absent,
      inLine: inLine === '✓',
      attributes: named(attributes),
      metrics: named(metrics),
    })
  }
  return rows
}
