// Main entries run everywhere: nothing that they reach needs Node. Node's parts stand behind subpaths or `node` conditions.

import { findImports } from '../lib/imports.mjs'
import { entrySource, internalSource, kindOf, resolveRelative, splitSpecifier } from '../lib/modules.mjs'
import { listPackages } from '../lib/workspace.mjs'
import { isOptionalPeer } from './import-rules.mjs'

/** Packages from npm that need Node; their types alone are harmless. */
const nodeOnlyPackages = new Set(['pino', 'undici', 'sonic-boom', 'winston', 'bunyan', 'rotating-file-stream', 'ws'])

/** Finds what a main entry reaches, in its own package or in another's, that needs Node or that drags a heavy tree. */
export function findHeavyMainEntries(tree) {
  const packages = listPackages(tree)
  const context = { tree, byName: new Map(packages.map((pkg) => [pkg.name, pkg])) }
  const findings = new Map()
  for (const pkg of packages.filter(({ manifest }) => !manifest.private)) {
    const entry = entrySource(pkg, '.')
    if (entry === undefined) continue
    for (const place of reach(context, { file: entry, pkg })) {
      const by = place.pkg === pkg ? pkg.name : `${place.pkg.name} and ${pkg.name}`
      for (const found of findImports(tree.read(place.file) ?? '')) {
        const problem = problemOf(context, pkg, found)
        const file = `${place.file}:${found.line}`
        if (problem) findings.set(file, { file, message: `${problem} (reached from the main entry of ${by})` })
      }
    }
  }
  return [...findings.values()]
}

function problemOf({ byName }, pkg, { specifier, typeOnly }) {
  const kind = kindOf(specifier)
  if (kind === 'node') return `imports ${specifier}; move it behind a subpath or a node condition`
  if (kind !== 'package') return undefined
  const { name } = splitSpecifier(specifier)
  if (nodeOnlyPackages.has(name) && !typeOnly) return `imports ${specifier}, which needs Node; move it behind a subpath`
  const target = byName.get(name)
  if (target && isOptionalPeer(pkg, target)) {
    return `imports ${specifier}, an optional peer; move it behind a subpath of its own`
  }
  return undefined
}

/** Every source file that an entry reaches, through imports of files and of entries of the workspace. */
function reach(context, start) {
  const seen = new Map([[start.file, start]])
  for (const { file, pkg } of seen.values()) {
    for (const { specifier } of findImports(context.tree.read(file) ?? '')) {
      const next = resolve(context, { pkg, file }, specifier)
      if (next && !seen.has(next.file)) seen.set(next.file, next)
    }
  }
  return seen.values()
}

function resolve({ tree, byName }, { pkg, file }, specifier) {
  const kind = kindOf(specifier)
  if (kind === 'relative') return { pkg, file: resolveRelative(tree, file, specifier) }
  if (kind === 'internal') return asPlace(pkg, internalSource(pkg, specifier))
  if (kind === 'node') return undefined
  const { name, entry } = splitSpecifier(specifier)
  const target = byName.get(name)
  return target && asPlace(target, entrySource(target, entry))
}

function asPlace(pkg, file) {
  return file === undefined ? undefined : { pkg, file }
}
