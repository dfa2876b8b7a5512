// The product's name stands in scripts/product.mjs; everything that spells it out agrees.

import { isTestFile } from '../lib/rooms.mjs'
import { lineAt, tokenize } from '../lib/tokens.mjs'
import { listPackages } from '../lib/workspace.mjs'
import { product as ours } from '../product.mjs'

/** Finds names, conditions, titles and error codes that do not carry the product's name. */
export function findNameViolations(tree, product = ours) {
  const findings = []
  for (const { folder, name } of listPackages(tree)) {
    if (name !== product.name && !name?.startsWith(`${product.scope}/`)) {
      findings.push({ file: `${folder}/package.json`, message: `name ${name} is outside ${product.scope}` })
    }
  }
  const conditions = ['tsconfig.base.json', 'vitest.config.ts'].filter((file) => tree.read(file) !== undefined)
  for (const file of conditions) {
    if (
      tree.read(file).includes(`'${product.sourceCondition}'`) ||
      tree.read(file).includes(`"${product.sourceCondition}"`)
    )
      continue
    findings.push({ file, message: `does not resolve the condition ${product.sourceCondition}` })
  }
  if (!new RegExp(`^# ${product.title}\\b`).test(tree.read('README.md') ?? '')) {
    findings.push({ file: 'README.md', message: `must begin with the title "# ${product.title}"` })
  }
  return [...findings, ...codeFindings(tree, product)]
}

/** Error codes: what a `code` field of production code is set to, if it is spelt like one. */
function codeFindings(tree, product) {
  const sources = tree.files.filter((file) => /^packages\/.*\/src\/.*\.ts$/.test(file) && !isTestFile(file))
  return sources.flatMap((file) => {
    const text = tree.read(file)
    const tokens = tokenize(text)
    const set = tokens.filter(
      (token, index) => token.kind === 'string' && isCode(token.value) && isSetTo(tokens, index),
    )
    return set
      .filter(({ value }) => !value.startsWith(product.errorCodePrefix))
      .map(({ value, start }) => ({
        file: `${file}:${lineAt(text, start)}`,
        message: `error code ${value} must begin with ${product.errorCodePrefix}`,
      }))
  })
}

function isCode(text) {
  return /^[A-Z][A-Z\d]*_[A-Z\d_]+$/.test(text)
}

/** `code = '…'`, `code: '…'` and `code: Type = '…'`. */
function isSetTo(tokens, index) {
  const before = tokens.slice(Math.max(0, index - 4), index).map(({ value }) => value)
  return /(?:^| )code (?:[=:]|: \w+ =)$/.test(before.join(' '))
}
