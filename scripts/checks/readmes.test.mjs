import { expect, test } from 'vitest'
import { asLines, workspace } from './clean-workspace.mjs'
import { findReadmeViolations } from './readmes.mjs'

const sections = [
  'Install',
  'Example',
  'Where it stands',
  'Options',
  'Facts and notes',
  'On error, abort and early leave',
  'What it costs',
  'What it does not do',
  'Sources',
]
const example = '```ts\n// ## not a heading\nretry()\n```'
const readme = (name, titles = sections, lines = 5) => {
  const bodies = titles.map((title) => `## ${title}\n\n${title === 'Example' ? example : 'Words.\n'.repeat(lines)}\n`)
  return `# ${name}\n\nDoes one thing.\n\n${bodies.join('\n')}`
}
const clean = {
  'packages/core/README.md': readme('@cepa/core'),
  'packages/cepa/README.md': readme('cepa'),
  'packages/middleware/retry/README.md': readme('@cepa/middleware-retry'),
}
const linesOf = (text) => asLines(findReadmeViolations(workspace({ ...clean, 'packages/core/README.md': text })))

test('READMEs of the common shape have no findings, and private packages need none', () => {
  expect(asLines(findReadmeViolations(workspace(clean)))).toEqual([])
})

test.each([
  ['no README', undefined, 'is missing'],
  ['another title', readme('@cepa/onion'), 'must begin with the title "# @cepa/core"'],
  ['no sentence', readme('@cepa/core').replace('Does one thing.\n', ''), 'must say what it is'],
  ['a missing section', readme('@cepa/core', sections.slice(1), 6), 'has the sections Example'],
  ['sections in another order', readme('@cepa/core', sections.toReversed()), 'has the sections Sources'],
  ['one section more', readme('@cepa/core', [...sections, 'Thanks']), 'Thanks; wanted'],
  ['no example', readme('@cepa/core').replace('```ts', '```sh'), 'no ```ts block'],
  ['too few lines', readme('@cepa/core', sections, 1), '60 to 120 are wanted'],
  ['too many lines', readme('@cepa/core', sections, 20), '60 to 120 are wanted'],
])('%s is found', (_, text, message) => {
  expect(linesOf(text).join('\n')).toContain(message)
  expect(linesOf(text)).toHaveLength(1)
})
