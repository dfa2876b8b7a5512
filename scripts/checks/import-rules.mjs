// Who may import whom: manifests and imports of production code, one table for both.

import { allDependencies, productionDependencies } from '../lib/dependencies.mjs'
import { findImports } from '../lib/imports.mjs'
import { entrySource, kindOf, resolveRelative, splitSpecifier } from '../lib/modules.mjs'
import { roomOf, sourcesOf } from '../lib/rooms.mjs'
import { listPackages } from '../lib/workspace.mjs'

/** Room → what its production code may import of the workspace: rooms, or single packages by folder. */
const mayImport = {
  core: [],
  transport: ['core'],
  middleware: ['core'],
  adapters: ['core', 'transport'],
  opentelemetry: ['core'],
  exporters: ['core'],
  stores: ['core'],
  prices: ['core'],
  testing: ['core'],
  devtools: ['core'],
  cepa: ['core', 'middleware', 'adapters', 'packages/exporters/console', 'packages/exporters/file'],
}

/** What the front door offers behind subpaths of its own, as optional peers, because it drags a heavy tree. */
const optionalAtFrontDoor = [
  'opentelemetry',
  'packages/exporters/otlp',
  'packages/exporters/remote',
  'packages/exporters/prometheus',
  'stores',
  'devtools',
  'prices',
  'packages/adapters/ai-sdk',
]

/** Finds imports and dependencies that the table forbids, undeclared imports and dependencies that nothing imports. */
export function findImportViolations(tree) {
  const packages = listPackages(tree)
  const byName = new Map(packages.map((pkg) => [pkg.name, pkg]))
  const rootManifest = JSON.parse(tree.read('package.json') ?? '{}')
  const context = { tree, byName, shared: Object.keys(rootManifest.devDependencies ?? {}) }
  return [
    ...packages.flatMap((pkg) => [...manifestFindings(context, pkg), ...sourceFindings(context, pkg)]),
    ...scriptFindings(tree),
  ]
}

function manifestFindings({ byName }, pkg) {
  const findings = []
  const report = (message) => findings.push({ file: `${pkg.folder}/package.json`, message })
  for (const [section, name] of productionDependencies(pkg.manifest)) {
    const target = byName.get(name)
    if (target?.manifest.private && !pkg.manifest.private) report(`${section} names ${name}, which is private`)
    else if (target && !isAllowed(pkg, target))
      report(`${section} names ${name}, which ${describe(pkg)} may not import`)
    else if (!target && roomOf(pkg.folder) === 'core') report(`${section} names ${name}, but core has no dependency`)
    if (target && isOptionalPeer(pkg, target) && !isDeclaredOptional(pkg, section, name)) {
      report(`${name} must be an optional peer (peerDependencies and peerDependenciesMeta), not in ${section}`)
    }
  }
  return findings
}

function sourceFindings(context, pkg) {
  const production = sourcesOf(context.tree, pkg.folder)
  const findings = []
  const used = new Set()
  for (const file of production) {
    for (const found of findImports(context.tree.read(file))) {
      if (kindOf(found.specifier) === 'package') used.add(splitSpecifier(found.specifier).name)
      const message = problemOf(context, { pkg, file }, found.specifier)
      if (message) findings.push({ file: `${file}:${found.line}`, message })
    }
  }
  for (const file of sourcesOf(context.tree, pkg.folder, { tests: true })) {
    for (const found of findImports(context.tree.read(file))) {
      const message = testProblemOf(context, { pkg, file }, found.specifier)
      if (message) findings.push({ file: `${file}:${found.line}`, message })
    }
  }
  const unused = productionDependencies(pkg.manifest).filter(
    ([, name]) => !used.has(name) && !name.startsWith('@types/'),
  )
  // The examples of the documentation import what packages/examples depends on.
  if (pkg.manifest.private) return findings
  return [
    ...findings,
    ...unused.map(([section, name]) => ({
      file: `${pkg.folder}/package.json`,
      message: `${section} names ${name}, which nothing in src imports`,
    })),
  ]
}

function problemOf(context, { pkg, file }, specifier) {
  const kind = kindOf(specifier)
  if (kind === 'node')
    return roomOf(pkg.folder) === 'core' ? `core imports ${specifier}, but core runs everywhere` : undefined
  if (kind === 'relative') return relativeProblem(context.tree, { pkg, file }, specifier)
  if (kind === 'internal') return undefined
  const { name } = splitSpecifier(specifier)
  if (name === pkg.name) return `imports its own package by name; import the file`
  const target = context.byName.get(name)
  if (target && !isAllowed(pkg, target)) return `imports ${specifier}, which ${describe(pkg)} may not import`
  if (!target && roomOf(pkg.folder) === 'core') return `imports ${specifier}, but core has no dependency`
  const declared = pkg.manifest.private ? allDependencies(pkg.manifest) : productionDependencies(pkg.manifest)
  if (!declared.some(([, known]) => known === name)) return `imports ${specifier}, which package.json does not declare`
  return entryProblem(target, specifier)
}

function testProblemOf(context, { pkg, file }, specifier) {
  const kind = kindOf(specifier)
  if (kind === 'relative') return relativeProblem(context.tree, { pkg, file }, specifier)
  if (kind !== 'package') return undefined
  const { name } = splitSpecifier(specifier)
  const declared = [pkg.name, ...context.shared, ...allDependencies(pkg.manifest).map(([, known]) => known)]
  if (!declared.includes(name)) return `test imports ${specifier}, which neither its package nor the workspace declares`
  return entryProblem(context.byName.get(name), specifier)
}

function relativeProblem(tree, { pkg, file }, specifier) {
  const path = resolveRelative(tree, file, specifier)
  if (!path.startsWith(`${pkg.folder}/`)) return `imports ${specifier}, which leaves the package`
  return tree.read(path) === undefined ? `imports ${specifier}, which does not exist` : undefined
}

function entryProblem(target, specifier) {
  if (target === undefined) return undefined
  const { entry } = splitSpecifier(specifier)
  const known = entrySource(target, entry) !== undefined || Object.hasOwn(target.manifest.exports ?? {}, entry)
  return known ? undefined : `imports ${specifier}, but ${target.name} has no entry ${entry}`
}

/** The scripts run before anything is installed, so they import Node's modules and each other; their tests may do more. */
function scriptFindings(tree) {
  const scripts = tree.files.filter((file) => /^scripts\/.*\.mjs$/.test(file) && !file.endsWith('.test.mjs'))
  return scripts.flatMap((file) =>
    findImports(tree.read(file))
      .filter(({ specifier }) => !['node', 'relative'].includes(kindOf(specifier)))
      .map(({ specifier, line }) => ({
        file: `${file}:${line}`,
        message: `imports ${specifier}; scripts use plain Node`,
      })),
  )
}

function isAllowed(pkg, target) {
  if (pkg.manifest.private) return true
  const allowed = mayImport[roomOf(pkg.folder)] ?? []
  return isListed(allowed, target) || isOptionalPeer(pkg, target)
}

/** Whether the front door offers a package behind a subpath only. */
export function isOptionalPeer(pkg, target) {
  return roomOf(pkg.folder) === 'cepa' && isListed(optionalAtFrontDoor, target)
}

function isDeclaredOptional(pkg, section, name) {
  return section === 'peerDependencies' && pkg.manifest.peerDependenciesMeta?.[name]?.optional === true
}

function isListed(list, target) {
  return list.includes(roomOf(target.folder)) || list.includes(target.folder)
}

function describe(pkg) {
  const allowed = mayImport[roomOf(pkg.folder)]
  if (allowed === undefined) return `${pkg.folder} (a room that scripts/checks/import-rules.mjs does not know)`
  return `${pkg.folder} (allowed: ${allowed.join(', ') || 'nothing'})`
}
