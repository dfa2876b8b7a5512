// Every manifest has the same shape, and the same versions of what it needs.

import { posix } from 'node:path'
import { allDependencies, productionDependencies } from '../lib/dependencies.mjs'
import { roomOf, sourcesOf } from '../lib/rooms.mjs'
import { listPackages } from '../lib/workspace.mjs'
import { product } from '../product.mjs'

const nodeRange = '>=22.15'
const coreName = `${product.scope}/core`
const forbiddenFields = [
  'repository',
  'homepage',
  'bugs',
  'author',
  'contributors',
  'main',
  'module',
  'types',
  'typings',
]

/** Finds manifests that are shaped differently from the others. */
export function findManifestViolations(tree) {
  const packages = listPackages(tree)
  const names = new Set(packages.map(({ name }) => name))
  const root = JSON.parse(tree.read('package.json'))
  const perPackage = packages.flatMap((pkg) => {
    const publicRules = pkg.manifest.private
      ? []
      : [...publicProblems(pkg), ...exportProblems(tree, pkg), ...coreProblems(pkg)]
    const problems = [...sharedProblems(pkg, root), ...publicRules, ...rangeProblems(pkg, names)]
    return problems.map((message) => ({ file: `${pkg.folder}/package.json`, message }))
  })
  return [
    ...perPackage,
    ...rangeFindings(packages, names),
    ...referenceFindings(tree, packages),
    ...pinFindings(tree, root),
  ]
}

function sharedProblems({ manifest }, root) {
  return compact([
    manifest.version !== root.version && `version is ${manifest.version}; all packages have ${root.version}`,
    manifest.license !== 'MIT' && `license is ${manifest.license}; it is MIT`,
    manifest.type !== 'module' && 'type is not "module"',
    !manifest.description?.endsWith('.') && 'description must be a sentence that ends with a full stop',
    ...forbiddenFields.map((field) => field in manifest && `has "${field}"; leave it out`),
  ])
}

function publicProblems({ manifest }) {
  return compact([
    manifest.engines?.node !== nodeRange && `engines.node is ${manifest.engines?.node}; it is ${nodeRange}`,
    manifest.sideEffects !== false && 'sideEffects must be false',
    manifest.files?.[0] !== 'dist' && 'files must begin with "dist"',
    'scripts' in manifest && 'has "scripts"; the workspace runs everything from its root',
    'bin' in manifest && product.name in Object(manifest.bin) && `has a command called ${product.name}`,
  ])
}

function exportProblems(tree, { folder, manifest }) {
  const exports = manifest.exports ?? {}
  const problems = compact([
    exports['.'] === undefined && 'exports has no "."',
    exports['./package.json'] !== './package.json' && 'exports must have "./package.json": "./package.json"',
  ])
  const hasSource = (base) => tree.read(`${folder}/src/${base}.ts`) !== undefined
  for (const [entry, target] of Object.entries(exports)) {
    if (entry !== './package.json') problems.push(...targetProblems(`exports["${entry}"]`, target, hasSource))
  }
  return problems
}

function targetProblems(where, target, hasSource) {
  const { node, ...conditions } = Object(target)
  const nested = node === undefined ? [] : targetProblems(`${where}.node`, node, hasSource)
  const order = Object.keys(Object(target)).filter((key, index) => key !== 'node' || index > 0)
  if (order.join() !== [product.sourceCondition, 'types', 'default'].join()) {
    const wanted = `(node first if there is one), ${product.sourceCondition}, types, default`
    return [...nested, `${where} must have ${wanted}, in this order`]
  }
  const base = /^\.\/src\/(.+)\.ts$/.exec(conditions[product.sourceCondition])?.[1]
  if (base === undefined) return [...nested, `${where} must take its source from ./src/….ts`]
  return [
    ...nested,
    ...compact([
      conditions.types !== `./dist/${base}.d.ts` && `${where}.types must be ./dist/${base}.d.ts`,
      conditions.default !== `./dist/${base}.js` && `${where}.default must be ./dist/${base}.js`,
      !hasSource(base) && `${where}: src/${base}.ts is missing`,
    ]),
  ]
}

/** There is one core in a tree: a peer of every package, and a dependency of the front door alone. */
function coreProblems({ folder, manifest }) {
  const { dependencies = {}, peerDependencies = {}, devDependencies = {} } = manifest
  if (roomOf(folder) === 'cepa') return compact([!(coreName in dependencies) && `${coreName} must be in dependencies`])
  return compact([
    coreName in dependencies && `${coreName} must be a peer, not a dependency`,
    coreName in peerDependencies &&
      !(coreName in devDependencies) &&
      `${coreName} is a peer and must be a devDependency too`,
  ])
}

function rangeProblems({ manifest }, names) {
  const problems = allDependencies(manifest)
    .filter(([, name, range]) => names.has(name) && range !== 'workspace:^')
    .map(
      ([section, name, range]) => `${section} takes ${name} as ${range}; packages of the workspace are "workspace:^"`,
    )
  for (const name of Object.keys(manifest.peerDependenciesMeta ?? {})) {
    if (!(name in (manifest.peerDependencies ?? {})))
      problems.push(`peerDependenciesMeta names ${name}, which is no peer`)
  }
  return problems
}

/** Production ranges of packages from npm agree, so that users do not get two of one. */
function rangeFindings(packages, names) {
  const first = new Map()
  const findings = []
  for (const { folder, manifest } of packages.filter((pkg) => !pkg.manifest.private)) {
    for (const [section, name, range] of productionDependencies(manifest)) {
      if (names.has(name) || section === 'peerDependencies') continue
      const known = first.get(name)
      if (known === undefined) first.set(name, { folder, range })
      else if (known.range !== range) {
        findings.push({
          file: `${folder}/package.json`,
          message: `takes ${name} as ${range}; ${known.folder} takes ${known.range}`,
        })
      }
    }
  }
  return findings
}

/** `tsc -b` builds a package after those that its production code imports. */
function referenceFindings(tree, packages) {
  const folderOf = new Map(packages.map(({ name, folder }) => [name, folder]))
  return packages.flatMap(({ folder, manifest }) => {
    const file = `${folder}/tsconfig.json`
    const text = tree.read(file)
    if (text === undefined) return [{ file, message: 'is missing' }]
    const listed = (JSON.parse(text).references ?? []).map(({ path }) => posix.join(folder, path))
    const needed = (manifest.private ? allDependencies(manifest) : productionDependencies(manifest))
      .map(([, name]) => folderOf.get(name))
      .filter((target) => target !== undefined)
    const missing = [...new Set(needed)].filter((target) => !listed.includes(target))
    const tests =
      sourcesOf(tree, folder, { tests: true }).length > 0 && tree.read(`${folder}/tsconfig.test.json`) === undefined
    return compact([
      ...missing.map((target) => ({ file, message: `references must list ${posix.relative(folder, target)}` })),
      tests && {
        file: `${folder}/tsconfig.test.json`,
        message: 'is missing, so the types of the tests are not checked',
      },
    ])
  })
}

function pinFindings(tree, root) {
  const file = 'package.json'
  const pinnedNode = root.devDependencies?.node
  const settings = tree.read('pnpm-workspace.yaml') ?? ''
  const loose = Object.entries(root.devDependencies ?? {}).filter(([, range]) => !/^\d/.test(range))
  return compact([
    root.private !== true && { file, message: 'the workspace must be private' },
    !settings.includes(`\nnodeVersion: ${pinnedNode}\n`) && {
      file: 'pnpm-workspace.yaml',
      message: `nodeVersion must be ${pinnedNode}, the pinned Node of package.json`,
    },
    ...loose.map(([name, range]) => ({
      file,
      message: `devDependencies takes ${name} as ${range}; tools are pinned exactly`,
    })),
  ])
}

function compact(values) {
  return values.filter(Boolean)
}
