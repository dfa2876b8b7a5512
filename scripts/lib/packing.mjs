// Packs the public packages as they would be published, and installs them into an empty folder as a user would.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { capture, inParallel } from './process.mjs'

/**
 * @typedef {object} Packed
 * @property {string} name
 * @property {string} tarball path of the file
 * @property {readonly string[]} files what is in it
 * @property {Record<string, any>} manifest as published
 */

/** Packs each package into a folder. */
export function packAll(root, packages, target) {
  mkdirSync(target, { recursive: true })
  const pnpm = join(root, '.tools', 'node_modules', '.bin', 'pnpm')
  return inParallel(packages, 2, async (pkg) => {
    const cwd = join(root, pkg.folder)
    const { code, output } = await capture(pnpm, ['pack', '--json', '--pack-destination', target], { cwd })
    if (code !== 0) throw new Error(`${pkg.folder} cannot be packed:\n${output}`)
    const { filename, files } = JSON.parse(output.slice(output.indexOf('{')))
    const manifest = await capture('tar', ['-xzOf', filename, 'package/package.json'])
    return {
      name: pkg.name,
      tarball: filename,
      files: files.map(({ path }) => path),
      manifest: JSON.parse(manifest.output),
    }
  })
}

/** What should not be in a tarball, or should be and is not. */
export function tarballProblems({ name, files, manifest }) {
  const problems = []
  const has = new Set(files)
  for (const file of files) {
    if (!/^(?:dist\/.+\.(?:js|d\.ts)(?:\.map)?|package\.json|README\.md|LICENSE|CHANGELOG\.md)$/.test(file)) {
      if (!manifest.files.some((entry) => entry !== 'dist' && !entry.startsWith('!') && file.startsWith(entry))) {
        problems.push(`${name}: ${file} should not be packed`)
      }
    }
    if (/\.test(?:-d)?\./.test(file)) problems.push(`${name}: ${file} is a test`)
  }
  for (const file of ['README.md', 'LICENSE']) if (!has.has(file)) problems.push(`${name}: ${file} is missing`)
  for (const path of publishedPaths(manifest.exports)) {
    if (!has.has(path.slice(2))) problems.push(`${name}: exports name ${path}, which is not packed`)
  }
  const left = JSON.stringify(manifest).match(/"workspace:[^"]*"/)
  if (left) problems.push(`${name}: the packed manifest still has ${left[0]}`)
  return problems
}

/** Files that exports name, but for those that only this workspace resolves. */
function publishedPaths(target) {
  if (typeof target === 'string') return [target]
  return Object.entries(target ?? {})
    .filter(([key]) => !key.endsWith('/source'))
    .flatMap(([, value]) => publishedPaths(value))
}

/** Entries that users can import: [specifier, entry]. */
export function specifiersOf({ name, manifest }) {
  return Object.keys(manifest.exports)
    .filter((entry) => entry !== './package.json')
    .map((entry) => name + entry.slice(1))
}

/** Installs tarballs with npm; `more` are further packages, as name → version. Rejects with npm's output. */
export async function installPacked(folder, packed, more = {}) {
  mkdirSync(folder, { recursive: true })
  const dependencies = { ...Object.fromEntries(packed.map(({ name, tarball }) => [name, `file:${tarball}`])), ...more }
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'consumer', private: true, dependencies }, null, 2),
  )
  const quiet = ['--no-audit', '--no-fund', '--no-progress', '--loglevel=error', '--ignore-scripts', '--prefer-offline']
  const { code, output } = await capture('npm', ['install', ...quiet], { cwd: folder, timeoutMs: 600_000 })
  if (code !== 0) throw new Error(output)
}

/** The peers from outside the workspace that some package asks for, in the versions that the workspace has: name → version. */
export function outsidePeers(root, packages) {
  const own = new Set(packages.map(({ name }) => name))
  const versions = {}
  for (const { folder, manifest } of packages) {
    for (const [name, range] of Object.entries(manifest.peerDependencies ?? {})) {
      if (!own.has(name)) versions[name] = installedVersion(join(root, folder), name) ?? range
    }
  }
  return versions
}

function installedVersion(folder, name) {
  const manifest = join(folder, 'node_modules', name, 'package.json')
  return existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')).version : undefined
}

/** Programs of packages that are to run against what is packed: packages/…/test/packed/*.mjs, [package folder, path]. */
export function packedPrograms(root, packages) {
  return packages.flatMap(({ folder }) => {
    const programs = join(root, folder, 'test', 'packed')
    if (!existsSync(programs)) return []
    return readdirSync(programs)
      .filter((name) => name.endsWith('.mjs'))
      .map((name) => [folder, join(programs, name)])
  })
}
