// Reads an emitted declaration file (*.d.ts) into its statements: what each declares, imports and exports.

import { tokenize } from './tokens.mjs'

const declaring = new Set(['const', 'let', 'var', 'function', 'class', 'interface', 'type', 'namespace'])
const withBody = new Set(['class', 'interface', 'namespace', 'module', 'global'])
const modifiers = new Set(['export', 'declare', 'abstract', 'default'])

/**
 * @typedef {object} Declarations
 * @property {Map<string, { text: string, words: Set<string> }[]>} declared local name → its declarations
 * @property {Map<string, { specifier: string, name: string }>} imported local name → where it comes from
 * @property {Map<string, { specifier?: string, name: string }>} exported public name → local name, or name in another file
 */

/** @returns {Declarations} */
export function readDeclarations(text) {
  const file = { declared: new Map(), imported: new Map(), exported: new Map() }
  for (const tokens of statementsOf(tokenize(text))) readStatement(file, text, tokens)
  return file
}

/** Cuts the tokens into statements: at a semicolon or, where there is a body, behind it. */
function statementsOf(tokens) {
  const statements = []
  let statement = []
  let depth = 0
  let angles = 0
  for (const token of tokens) {
    statement.push(token)
    if (token.kind !== 'punctuator') continue
    if ('([{'.includes(token.value)) depth++
    if (')]}'.includes(token.value)) depth--
    if (token.value === '<') angles++
    if (token.value === '>') angles--
    const body = token.value === '}' && angles === 0 && withBody.has(keywordOf(statement))
    if (depth > 0 || !(body || token.value === ';')) continue
    statements.push(statement)
    statement = []
    angles = 0
  }
  return statements
}

function keywordOf(tokens) {
  return tokens.find(({ value }) => !modifiers.has(value))?.value
}

function readStatement(file, text, tokens) {
  const keyword = keywordOf(tokens)
  const isExported = tokens[0].value === 'export'
  if (tokens[0].value === 'import') readImport(file, tokens)
  else if (isExported && tokens.some(({ value }) => value === '{') && (keyword === '{' || isTypeList(tokens))) {
    const specifier = specifierOf(tokens)
    for (const [name, alias] of namesIn(tokens)) file.exported.set(alias, { specifier, name })
  } else if (declaring.has(keyword)) {
    const name = tokens[tokens.findIndex(({ value }) => value === keyword) + 1].value
    const body = tokens.slice(tokens.findIndex(({ value }) => !['export', 'declare'].includes(value)))
    const words = new Set(body.filter(({ kind }) => kind === 'word').map(({ value }) => value))
    file.declared.set(name, [...(file.declared.get(name) ?? []), { text: withoutComments(text, body), words }])
    if (isExported) file.exported.set(name, { name })
  }
}

function isTypeList(tokens) {
  return tokens[1].value === 'type' && tokens[2].value === '{'
}

function readImport({ imported }, tokens) {
  const specifier = specifierOf(tokens)
  const star = tokens.findIndex(({ value }) => value === '*')
  if (star !== -1) imported.set(tokens[star + 2].value, { specifier, name: '*' })
  else for (const [name, alias] of namesIn(tokens)) imported.set(alias, { specifier, name })
}

function specifierOf(tokens) {
  return tokens.findLast(({ kind }) => kind === 'string')?.value
}

/** The names between the braces of an import or export list: [name, alias]. */
function namesIn(tokens) {
  const open = tokens.findIndex(({ value }) => value === '{')
  const close = tokens.findIndex(({ value }) => value === '}')
  const names = []
  let words = []
  for (const { value } of tokens.slice(open + 1, close + 1)) {
    if (value !== ',' && value !== '}') words.push(value)
    else {
      const plain = words.length > 1 && words[0] === 'type' && words[1] !== 'as' ? words.slice(1) : words
      if (plain.length > 0) names.push([plain[0], plain.at(-1)])
      words = []
    }
  }
  return names
}

/** The text of tokens with the white space between them, but no comment. */
function withoutComments(text, tokens) {
  let result = ''
  for (const [index, token] of tokens.entries()) {
    if (index > 0) {
      const gap = text.slice(tokens[index - 1].end, token.start)
      const lines = gap.replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, '').split('\n')
      result += lines.length > 1 ? `\n${lines.at(-1)}` : lines[0]
    }
    result += text.slice(token.start, token.end)
  }
  return result
}
