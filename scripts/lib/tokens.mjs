// A small lexer for TypeScript: enough to find imports, exports and words of the language outside comments and strings.

/**
 * @typedef {object} Token
 * @property {'word' | 'string' | 'template' | 'regex' | 'number' | 'punctuator'} kind
 * @property {string} value the word or the punctuator itself; of a string what stands between its quotes
 * @property {number} start
 * @property {number} end
 */

const wordPattern = /[\p{ID_Start}$_#][\p{ID_Continue}$\u200c\u200d]*/uy
const numberPattern = /(?:0[xob][\da-f_]+|(?:\d[\d_]*)?\.?\d[\d_]*(?:e[+-]?\d+)?)n?\.?/iy
const regexBody = /\/(?:[^\\/[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y
// After these words an expression begins, so that a slash begins a regular expression.
const beforeExpression = new Set(
  'return typeof case in of delete void throw new instanceof await yield else do extends default'.split(' '),
)

/** All tokens of a source text, without comments and white space. */
export function tokenize(text) {
  const tokens = []
  // One entry per open `${` of a template: how many braces are open inside it.
  const templates = []
  let at = text.startsWith('#!') ? lineEnd(text, 0) : 0
  const push = (kind, end, value = text.slice(at, end)) => {
    tokens.push({ kind, value, start: at, end })
    at = end
  }
  const template = (from) => {
    const end = templateEnd(text, from)
    if (text[end - 1] === '{') templates.push(0)
    push('template', end)
  }
  while (at < text.length) {
    const char = text[at]
    if (/\s/.test(char)) at++
    else if (text.startsWith('//', at)) at = lineEnd(text, at)
    else if (text.startsWith('/*', at)) at = endOf(text, '*/', at + 2)
    else if (char === '"' || char === "'") {
      const end = stringEnd(text, at)
      push('string', end, text.slice(at + 1, end - 1))
    } else if (char === '`') template(at + 1)
    else if (char === '}' && templates.at(-1) === 0) {
      templates.pop()
      template(at + 1)
    } else if (char === '/' && regexMayBegin(tokens.at(-1)) && match(regexBody, text, at))
      push('regex', regexBody.lastIndex)
    else if (match(wordPattern, text, at)) push('word', wordPattern.lastIndex)
    else if (/[\d.]/.test(char) && /^\.?\d/.test(text.slice(at, at + 2))) {
      match(numberPattern, text, at)
      push('number', numberPattern.lastIndex)
    } else {
      if (templates.length > 0 && char === '{') templates[templates.length - 1]++
      if (templates.length > 0 && char === '}') templates[templates.length - 1]--
      push('punctuator', at + (text.startsWith('=>', at) ? 2 : 1))
    }
  }
  return tokens
}

/** Line number, from 1, of a position. */
export function lineAt(text, position) {
  let line = 1
  for (let at = text.indexOf('\n'); at !== -1 && at < position; at = text.indexOf('\n', at + 1)) line++
  return line
}

function match(pattern, text, at) {
  pattern.lastIndex = at
  return pattern.test(text)
}

function lineEnd(text, at) {
  const end = text.indexOf('\n', at)
  return end === -1 ? text.length : end
}

function endOf(text, what, at) {
  const end = text.indexOf(what, at)
  return end === -1 ? text.length : end + what.length
}

function stringEnd(text, start) {
  let at = start + 1
  while (at < text.length && text[at] !== text[start] && text[at] !== '\n') at += text[at] === '\\' ? 2 : 1
  return Math.min(at + 1, text.length)
}

/** Where a piece of a template ends: behind its closing backtick or behind the next `${`. */
function templateEnd(text, from) {
  let at = from
  while (at < text.length) {
    if (text[at] === '`') return at + 1
    if (text.startsWith('${', at)) return at + 2
    at += text[at] === '\\' ? 2 : 1
  }
  return text.length
}

function regexMayBegin(previous) {
  if (previous === undefined) return true
  if (previous.kind === 'word') return beforeExpression.has(previous.value)
  return previous.kind === 'punctuator' && !')]}'.includes(previous.value)
}
