import { expect, test } from 'vitest'
import { parseMarkdown } from './markdown.mjs'

test('headings and blocks are found with their lines and sections', () => {
  const { headings, blocks } = parseMarkdown(
    '# A\n\n## B\n\n```ts run now\n## no heading\nb()\n```\n\n### C\n\n~~~sh\n```\n~~~\n',
  )
  expect(headings.map(({ level, title, line }) => [level, title, line])).toEqual([
    [1, 'A', 1],
    [2, 'B', 3],
    [3, 'C', 10],
  ])
  expect(blocks).toEqual([
    { language: 'ts', marks: ['run', 'now'], line: 5, section: 'B', code: '## no heading\nb()' },
    { language: 'sh', marks: [], line: 12, section: 'B', code: '```' },
  ])
})

test('a block in a list loses the indent of the list, a longer fence holds a shorter one', () => {
  const { blocks } = parseMarkdown('- a\n\n  ```ts\n  if (a) {\n    b()\n  }\n  ```\n\n````md\n```ts\n```\n````\n')
  expect(blocks.map(({ language, code }) => [language, code])).toEqual([
    ['ts', 'if (a) {\n  b()\n}'],
    ['md', '```ts\n```'],
  ])
})
