// What a source file imports, found without a compiler.

import { lineAt, tokenize } from './tokens.mjs'

/**
 * @typedef {object} Import
 * @property {string} specifier
 * @property {boolean} typeOnly `import type` and `export type`, which leave nothing behind at run time
 * @property {boolean} dynamic `import()`
 * @property {number} line
 */

/** Every import, re-export, `import()` and `require()` with a literal specifier. */
export function findImports(text) {
  const tokens = tokenize(text)
  const found = []
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== 'word' || isMember(tokens, index)) continue
    const hit = readers.get(token.value)?.(tokens, index + 1)
    if (hit) found.push({ ...hit, line: lineAt(text, token.start) })
  }
  return found
}

const readers = new Map([
  ['import', readImport],
  ['export', readExport],
  ['require', readCall],
])

function readImport(tokens, at) {
  if (is(tokens[at], '(')) return readCall(tokens, at)
  if (tokens[at]?.kind === 'string') return { specifier: tokens[at].value, typeOnly: false, dynamic: false }
  const second = tokens[at + 1]
  // `import type from 'x'` imports a default called "type"; `import type, { a } from 'x'` too.
  const typeOnly = is(tokens[at], 'type') && !is(second, ',') && (!is(second, 'from') || is(tokens[at + 2], 'from'))
  return readFrom(tokens, at, typeOnly)
}

function readExport(tokens, at) {
  const typeOnly = is(tokens[at], 'type')
  const list = typeOnly ? at + 1 : at
  if (!is(tokens[list], '{') && !is(tokens[list], '*')) return undefined
  return readFrom(tokens, list, typeOnly)
}

function readCall(tokens, at) {
  if (!is(tokens[at], '(') || tokens[at + 1]?.kind !== 'string') return undefined
  return { specifier: tokens[at + 1].value, typeOnly: false, dynamic: true }
}

/** Reads on to `from '…'`, through nothing but names and one pair of braces. */
function readFrom(tokens, start, typeOnly) {
  for (let at = start; at < tokens.length; at++) {
    const token = tokens[at]
    if (is(token, 'from') && tokens[at + 1]?.kind === 'string') {
      return { specifier: tokens[at + 1].value, typeOnly, dynamic: false }
    }
    if (token.kind !== 'word' && token.kind !== 'string' && !'{},*'.includes(token.value)) return undefined
    if (is(token, '}') && !is(tokens[at + 1], 'from')) return undefined
  }
  return undefined
}

function is(token, value) {
  return token !== undefined && token.kind !== 'string' && token.value === value
}

function isMember(tokens, index) {
  return is(tokens[index - 1], '.')
}
