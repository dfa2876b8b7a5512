import { expect, test } from 'vitest'
import { collectExamples, fileNameOf, fileTextOf } from './examples.mjs'
import { memoryTree } from './tree.mjs'

const fence = (words, code) => `\`\`\`${words}\n${code}\n\`\`\`\n`
const collect = (pages) => collectExamples(memoryTree(pages))
const runsOf = (pages) => collect(pages).examples.map(({ page, line, runs }) => [page, line, runs])

test('examples of the front page and of docs run, unless they say otherwise', () => {
  const text =
    fence('ts', 'a()') + fence('ts no-run', 'b()') + fence('sh', 'npm start') + fence('ts fragment', 'c(): void')
  expect(runsOf({ 'README.md': text, 'docs/guide/first.md': text, 'docs/notes.txt': text })).toEqual([
    ['README.md', 1, true],
    ['README.md', 4, false],
    ['docs/guide/first.md', 1, true],
    ['docs/guide/first.md', 4, false],
  ])
})

test("of a package's README the first one under Example runs, others if they say so", () => {
  const text = `${fence('ts', 'a()')}\n## Example\n\n${fence('ts', 'b()')}${fence('ts', 'c()')}${fence('ts run', 'd()')}`
  expect(runsOf({ 'packages/stores/redis/README.md': text }).map(([, , runs]) => runs)).toEqual([
    false,
    true,
    false,
    true,
  ])
})

test('lines keep their numbers, also where a block continues another', () => {
  const page = `# A\n\n${fence('ts', 'a()')}\nWords.\n\n${fence('ts continues', 'b()')}`
  const { examples } = collect({ 'README.md': page })
  expect(examples).toHaveLength(1)
  const lines = fileTextOf(examples[0]).split('\n')
  expect(lines.indexOf('a()')).toBe(page.split('\n').indexOf('a()'))
  expect(lines.indexOf('b()')).toBe(page.split('\n').indexOf('b()'))
})

test('each example becomes a file of its own', () => {
  expect(fileNameOf({ page: 'packages/middleware/retry/README.md', line: 12 })).toBe(
    'packages-middleware-retry-readme-12.ts',
  )
})

test.each([
  [fence('ts quick', 'a()'), 'unknown word "quick"'],
  [fence('js', 'a()'), 'call it ts'],
  [fence('typescript', 'a()'), 'call it ts'],
  [fence('ts fragment', "import { a } from 'a'"), 'a fragment imports something'],
  [fence('ts continues', 'a()'), 'none stands above it'],
])('a wrong fence is found: %s', (text, message) => {
  const { findings, examples } = collect({ 'README.md': `\n${text}` })
  expect(findings).toEqual([{ file: 'README.md:2', message: expect.stringContaining(message) }])
  expect(examples).toEqual([])
})
