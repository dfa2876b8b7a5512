// From an import's specifier to the file or the package that it means.

import { posix } from 'node:path'
import { product } from '../product.mjs'

/** What a specifier means: a file of the same package, a package, or a module of Node. */
export function kindOf(specifier) {
  if (/^\.{1,2}(?:\/|$)/.test(specifier)) return 'relative'
  if (specifier.startsWith('node:')) return 'node'
  return specifier.startsWith('#') ? 'internal' : 'package'
}

/** Splits `@cepa/core/node` into the package's name and the entry, `./node`. */
export function splitSpecifier(specifier) {
  const parts = specifier.split('/')
  const name = parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/')
  return { name, entry: specifier === name ? '.' : `.${specifier.slice(name.length)}` }
}

/** The file that a relative import means; `.js` is read as the `.ts` it was built from. */
export function resolveRelative(tree, from, specifier) {
  const path = posix.normalize(posix.join(posix.dirname(from), specifier))
  const candidates = [path, path.replace(/\.(m?)js$/, '.$1ts')]
  return candidates.find((candidate) => tree.read(candidate) !== undefined) ?? path
}

/** Entries of a package as [entry, target] with target the source file of the condition that any runtime takes. */
export function sourceEntries(pkg) {
  const entries = []
  for (const [entry, target] of Object.entries(pkg.manifest.exports ?? {})) {
    const source = target?.[product.sourceCondition]
    if (typeof source === 'string') entries.push([entry, posix.join(pkg.folder, source)])
  }
  return entries
}

/** The source file behind an entry of a package, if it has that entry. */
export function entrySource(pkg, entry) {
  return sourceEntries(pkg).find(([name]) => name === entry)?.[1]
}

/** The file behind a `#name` of the package's `imports`, in the condition that any runtime takes. */
export function internalSource(pkg, specifier) {
  const target = pkg.manifest.imports?.[specifier]
  const path = typeof target === 'string' ? target : (target?.[product.sourceCondition] ?? target?.default)
  return typeof path === 'string' ? posix.join(pkg.folder, path) : undefined
}
