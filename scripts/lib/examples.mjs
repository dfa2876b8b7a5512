// The examples of the documentation: which blocks are compiled, which run, and the files that they become.
//
// Every ```ts block of README.md, docs/**/*.md and packages/**/README.md is compiled. Those of README.md and docs run as
// well; of a package's README the first one under "## Example" does. Words behind ```ts change that:
//   run        runs, where it would only be compiled
//   no-run     is compiled only (it would need a key, a server, a user)
//   fragment   is not compiled: a signature, which imports nothing
//   continues  goes on where the ts block above it ended: both are one program

import { findImports } from './imports.mjs'
import { parseMarkdown } from './markdown.mjs'

const marks = new Set(['run', 'no-run', 'fragment', 'continues'])
const otherNames = new Set(['js', 'javascript', 'mjs', 'cjs', 'jsx', 'tsx', 'mts', 'typescript'])

/**
 * @typedef {object} Example
 * @property {string} page
 * @property {number} line of its first fence
 * @property {string} code with every line where it stands on the page
 * @property {boolean} runs
 */

/** Pages whose examples are checked. */
export function examplePages(tree) {
  return tree.files.filter((file) => /^(?:README\.md|docs\/.*\.md|packages\/.*\/README\.md)$/.test(file))
}

/** The examples of all pages, and what is wrong with their fences. */
export function collectExamples(tree) {
  const pages = examplePages(tree).map((page) => collectPage(page, tree.read(page)))
  return { examples: pages.flatMap(({ examples }) => examples), findings: pages.flatMap(({ findings }) => findings) }
}

function collectPage(page, text) {
  const examples = []
  const findings = []
  const { blocks } = parseMarkdown(text)
  const first = blocks.find((block) => block.language === 'ts' && block.section === 'Example')
  for (const block of blocks) {
    const problem = problemOf(block, examples.at(-1))
    if (problem) findings.push({ file: `${page}:${block.line}`, message: problem })
    if (problem || block.language !== 'ts' || block.marks.includes('fragment')) continue
    if (block.marks.includes('continues')) append(examples.at(-1), block)
    else {
      const byDefault = page.startsWith('packages/') ? block === first : true
      const runs = block.marks.includes('run') || (byDefault && !block.marks.includes('no-run'))
      const example = { page, line: block.line, code: '', runs }
      append(example, block)
      examples.push(example)
    }
  }
  return { examples, findings }
}

function problemOf(block, previous) {
  if (otherNames.has(block.language)) return `a block is called ${block.language}; call it ts, so that it is compiled`
  if (block.language !== 'ts') return undefined
  const unknown = block.marks.find((mark) => !marks.has(mark))
  if (unknown !== undefined) return `unknown word "${unknown}" behind \`\`\`ts; known: ${[...marks].join(', ')}`
  if (block.marks.includes('fragment') && findImports(block.code).length > 0)
    return 'a fragment imports something; let it be compiled'
  if (block.marks.includes('continues') && previous === undefined) return 'continues a block, but none stands above it'
  return undefined
}

/** Adds a block so that its lines keep the numbers that they have on the page: errors then point to the page. */
function append(example, block) {
  const lines = example.code.split('\n').length
  example.code += '\n'.repeat(block.line + 1 - lines) + block.code
}

/** Name of the file that an example becomes: from its page and line. */
export function fileNameOf({ page, line }) {
  const slug = page
    .replace(/\.md$/, '')
    .toLowerCase()
    .replaceAll(/[^a-z\d]+/g, '-')
  return `${slug}-${line}.ts`
}

/** Text of the file that an example becomes: always a module, so that it may await at its top. */
export function fileTextOf({ code }) {
  return `${code}\nexport {}\n`
}
