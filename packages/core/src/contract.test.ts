import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const here = dirname(fileURLToPath(import.meta.url))
const page = readFileSync(join(here, '../../../docs/contract.md'), 'utf8')

/** The rules of the page, each with the tests that it names. */
const rules = [...page.matchAll(/^- \*\*([A-Z]\d)\*\* ([\s\S]*?)(?=\n- \*\*|\n\n)/gm)].map(
  ([, id = '', text = '']) => ({
    id,
    tests: [...text.matchAll(/`([\w./-]+\.test(?:-d)?\.ts)`/g)].map(([, file = '']) => file),
  }),
)

describe('docs/contract.md', () => {
  it('has every rule, in order, once', () => {
    const ids = [
      ...range('P', 8),
      ...range('E', 8),
      ...range('R', 8),
      ...range('A', 2),
      'N1',
      'D1',
      ...range('C', 9),
      'K1',
      'T1',
      'X1',
    ]
    expect(rules.map(({ id }) => id)).toEqual(ids)
  })

  it.each(rules)('names the tests of $id: $tests', ({ id, tests }) => {
    expect(tests.length).toBeGreaterThan(0)
    for (const file of tests) {
      const text = readFileSync(join(here, file), 'utf8')
      // in a type test the rule heads a paragraph, elsewhere it begins the name of a test
      expect(`${file} ${text}`).toMatch(
        file.endsWith('-d.ts') ? new RegExp(`// ---- .*\\b${id}\\b`) : new RegExp(`['\`].*\\b${id}\\b.*[:,]`),
      )
    }
  })

  it('names every rule that an error of the core names', () => {
    const sources = [
      'call-view',
      'handle-rules',
      'leaf',
      'live-reply',
      'passes',
      'pipeline',
      'route',
      'source',
      'way-out',
    ]
    const named = sources.flatMap((file) =>
      [...readFileSync(join(here, `${file}.ts`), 'utf8').matchAll(/ContractError\([^,]+, '([A-Z]\d)'/g)].map(
        ([, id]) => id,
      ),
    )
    expect(new Set(named).size).toBeGreaterThan(4)
    for (const id of named) expect(rules.map((rule) => rule.id)).toContain(id)
  })
})

function range(letter: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${letter}${index + 1}`)
}
