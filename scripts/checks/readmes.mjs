// Each public package explains itself in the same order.

import { parseMarkdown } from '../lib/markdown.mjs'
import { listPackages } from '../lib/workspace.mjs'

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
const shortest = 60
const longest = 120

/** Finds package READMEs that are missing, or of another shape or length. */
export function findReadmeViolations(tree) {
  return listPackages(tree)
    .filter(({ manifest }) => !manifest.private)
    .flatMap(({ folder, name }) => {
      const file = `${folder}/README.md`
      const text = tree.read(file)
      const problems = text === undefined ? ['is missing'] : problemsOf(text, name)
      return problems.map((message) => ({ file, message }))
    })
}

function problemsOf(text, name) {
  const { headings, blocks } = parseMarkdown(text)
  const lines = text.trimEnd().split('\n')
  const found = headings.filter(({ level }) => level === 2).map(({ title }) => title)
  const example = blocks.find((block) => block.section === 'Example' && block.language === 'ts')
  const problems = []
  if (lines[0] !== `# ${name}`) problems.push(`must begin with the title "# ${name}"`)
  const sentence = lines.slice(1).find((line) => line.trim() !== '')
  if (sentence === undefined || /^[#`\-|]/.test(sentence))
    problems.push('must say what it is in a sentence below the title')
  if (found.join('\n') !== sections.join('\n')) {
    problems.push(`has the sections ${found.join(' · ') || '(none)'}; wanted: ${sections.join(' · ')}`)
  }
  if (example === undefined) problems.push('has no ```ts block under "## Example"')
  if (lines.length < shortest || lines.length > longest) {
    problems.push(`has ${lines.length} lines; ${shortest} to ${longest} are wanted`)
  }
  return problems
}
