// What users install with these packages may be used as freely as they are.

import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { productionDependencies } from '../lib/dependencies.mjs'
import { listPackages } from '../lib/workspace.mjs'

const allowed = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'Python-2.0',
  'Unlicense',
])

/** Walks the production dependencies of the public packages, as installed, and finds licences that are not allowed. */
export function findLicenceViolations(tree) {
  const packages = listPackages(tree)
  const own = new Set(packages.map(({ name }) => name))
  const findings = new Map()
  const seen = new Set()
  const visit = (folder, manifest, path) => {
    for (const [section, name] of productionDependencies(manifest)) {
      if (own.has(name)) continue
      const target = locate(folder, name)
      const optional = section === 'optionalDependencies' || manifest.peerDependenciesMeta?.[name]?.optional
      if (target === undefined) {
        // A peer of somebody else's package, or what another platform needs, need not be installed.
        if (!optional && !(section === 'peerDependencies' && path.length > 1)) {
          findings.set(name, { file: `${path[0]}/package.json`, message: `${name} is not installed` })
        }
        continue
      }
      if (seen.has(target.folder)) continue
      seen.add(target.folder)
      const licence = licenceOf(target.manifest)
      if (!isAllowed(licence)) {
        const by = [...path.slice(1), name].join(' → ')
        findings.set(target.folder, {
          file: `${path[0]}/package.json`,
          message: `${by} (${target.manifest.version}) has the licence ${licence ?? '(none stated)'}`,
        })
      }
      visit(target.folder, target.manifest, [...path, name])
    }
  }
  for (const pkg of packages.filter(({ manifest }) => !manifest.private)) {
    visit(join(tree.root, pkg.folder), pkg.manifest, [pkg.folder])
  }
  return [...findings.values()]
}

/** Whether an SPDX expression can be satisfied with allowed licences. */
export function isAllowed(expression) {
  if (expression === undefined) return false
  const flat = expression.replaceAll(/[()]/g, ' ').trim()
  return flat
    .split(/\s+OR\s+/)
    .some((choice) => choice.split(/\s+AND\s+/).every((licence) => allowed.has(licence.trim())))
}

function licenceOf({ license, licenses }) {
  if (typeof license === 'string') return license
  if (typeof license?.type === 'string') return license.type
  return Array.isArray(licenses) ? licenses.map(({ type }) => type).join(' OR ') : undefined
}

/** Finds an installed package as Node does: in the node_modules of a folder and of those above it. */
function locate(folder, name) {
  for (let at = folder; ; at = dirname(at)) {
    const manifest = join(at, 'node_modules', name, 'package.json')
    if (existsSync(manifest)) {
      return { folder: realpathSync(dirname(manifest)), manifest: JSON.parse(readFileSync(manifest, 'utf8')) }
    }
    if (at === dirname(at)) return undefined
  }
}
