// Main entries run everywhere: nothing that they reach needs Node. Node's parts stand behind subpaths or `node` conditions.
// A package that can be of use on Node alone (it writes files, say) tells so in its manifest: "cepa": { "runtime": "node" }. What
// is to run everywhere may not reach it.

import { findImports } from '../lib/imports.mjs'
import { entrySource, internalSource, kindOf, resolveRelative, splitSpecifier } from '../lib/modules.mjs'
import { listPackages } from '../lib/workspace.mjs'
import { product } from '../product.mjs'
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
    const found = entryFindings(context, { file: entry, pkg })
    if (!isForNode(pkg)) for (const finding of found) findings.set(finding.file, finding)
    else if (found.length === 0) {
      const file = `${pkg.folder}/package.json`
      findings.set(file, { file, message: 'says that it runs on Node only, but its main entry needs no part of it' })
    }
  }
  return [...findings.values()]
}

function isForNode({ manifest }) {
  return manifest[product.name]?.runtime === 'node'
}

function entryFindings(context, start) {
  const findings = []
  for (const place of reach(context, start)) {
    const by = place.pkg === start.pkg ? start.pkg.name : `${place.pkg.name} and ${start.pkg.name}`
    for (const found of findImports(context.tree.read(place.file) ?? '')) {
      const problem = problemOf(context, start.pkg, found)
      const message = `${problem} (reached from the main entry of ${by})`
      if (problem) findings.push({ file: `${place.file}:${found.line}`, message })
    }
  }
  return findings
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
