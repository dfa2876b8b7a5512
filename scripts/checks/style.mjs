// Habits that Biome does not know: names and length of files, and what sources must not contain.

import { isTestFile } from '../lib/rooms.mjs'
import { lineAt, tokenize } from '../lib/tokens.mjs'

const longest = 250
const emptyNames = /^(?:utils?|helpers?|common|misc|types)$/
// Spelt with brackets, so that this file does not find itself.
const reminder = /\b(?:TO[D]O|FIX[M]E|X[X]X)\b/

/** Finds files with names that say nothing, sources that are too long, and code that the house does not write. */
export function findStyleViolations(tree) {
  return tree.files.filter(isOurs).flatMap((file) => {
    const text = tree.read(file)
    return [
      ...nameFindings(file),
      ...lengthFindings(file, text),
      ...textFindings(file, text),
      ...codeFindings(file, text),
    ]
  })
}

function isOurs(file) {
  return /^(?:packages|scripts|docs)\//.test(file) && !file.includes('/fixtures/')
}

function nameFindings(file) {
  const parts = file.split('/')
  const base = parts.at(-1).split('.')[0]
  const folders = parts.slice(1, -1)
  const odd =
    /^(?:README|CHANGELOG|LICENSE)$/.test(base) || base === ''
      ? []
      : [base, ...folders].filter((part) => !/^[a-z\d]+(?:-[a-z\d]+)*$/.test(part))
  const empty = file.startsWith('packages/') ? [base, ...folders].filter((part) => emptyNames.test(part)) : []
  return [
    ...odd.map((part) => ({ file, message: `"${part}" is not in kebab-case` })),
    ...empty.map((part) => ({ file, message: `"${part}" does not say what is in it` })),
  ]
}

function lengthFindings(file, text) {
  if (!/^packages\/.*\.m?tsx?$/.test(file) || isTestFile(file) || file.endsWith('.d.ts')) return []
  const lines = text.trimEnd().split('\n').length
  return lines > longest ? [{ file, message: `has ${lines} lines; ${longest} are the ceiling` }] : []
}

function textFindings(file, text) {
  const at = text.search(reminder)
  return at === -1 ? [] : [{ file: `${file}:${lineAt(text, at)}`, message: 'has a reminder; do it or leave it' }]
}

const patterns = [
  { words: ['export', 'default'], message: 'has a default export; name it', not: /config\.ts$|vitest-reporter\.mjs$/ },
  { words: ['export', '*'], message: 'has an "export *"; name what is exported' },
  { words: ['.', 'only', '('], message: 'runs one test only', tests: true },
  { words: ['.', 'todo', '('], message: 'has a test that is not written', tests: true },
  { words: ['.', 'skipIf', '('], message: 'skips without saying why; call context.skip(reason)', tests: true },
  { words: ['.', 'runIf', '('], message: 'skips without saying why; call context.skip(reason)', tests: true },
  ...['test', 'it', 'describe', 'suite', 'bench'].map((word) => ({
    words: [word, '.', 'skip'],
    message: 'skips a test',
    tests: true,
  })),
]

function codeFindings(file, text) {
  if (!/\.(?:m?tsx?|mjs)$/.test(file) || file.endsWith('.d.ts')) return []
  const tokens = tokenize(text)
  const test = /\.test(?:-d)?\.m?[jt]s$/.test(file)
  const rules = patterns.filter((rule) => (test || !rule.tests) && !rule.not?.test(file))
  const findings = []
  for (const [index, token] of tokens.entries()) {
    const broken = rules.find(({ words }) => words.every((word, offset) => isCode(tokens[index + offset], word)))
    const message = isEnum(tokens, index) ? 'has an enum; use a union of strings' : broken?.message
    if (message) findings.push({ file: `${file}:${lineAt(text, token.start)}`, message })
  }
  return findings
}

function isCode(token, value) {
  return token !== undefined && token.kind !== 'string' && token.value === value
}

function isEnum(tokens, index) {
  return isCode(tokens[index], 'enum') && tokens[index + 1]?.kind === 'word' && isCode(tokens[index + 2], '{')
}
