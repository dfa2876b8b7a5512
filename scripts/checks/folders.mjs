// Folder and name say the same, and the top level holds what belongs there.

import { isSharedRoom, nameOf, roomOf } from '../lib/rooms.mjs'
import { listPackages } from '../lib/workspace.mjs'

const topLevel = new Set([
  'packages',
  'docs',
  'scripts',
  'package.json',
  'pnpm-workspace.yaml',
  'pnpm-lock.yaml',
  'tsconfig.base.json',
  'README.md',
  'LICENSE',
  'CHANGELOG.md',
  // Tool files that cannot live elsewhere.
  'biome.json',
  'vitest.config.ts',
])

/** Finds packages whose name is not that of their folder, folders that the workspace does not list, and strays at the top. */
export function findMisplacedFolders(tree) {
  const packages = listPackages(tree)
  const findings = packages
    .filter((pkg) => pkg.name !== nameOf(pkg.folder))
    .map((pkg) => ({
      file: `${pkg.folder}/package.json`,
      message: `is called ${pkg.name}; this folder maps to ${nameOf(pkg.folder)}`,
    }))
  const listed = new Set(packages.map(({ folder }) => folder))
  for (const folder of foldersOf(tree)) {
    if (listed.has(folder)) continue
    const manifest = tree.files.includes(`${folder}/package.json`)
    const message = manifest ? 'is not listed in pnpm-workspace.yaml' : 'holds files but no package.json'
    findings.push({ file: folder, message })
  }
  return [...findings, ...strayFindings(tree)]
}

function foldersOf(tree) {
  const folders = tree.files
    .filter((file) => file.startsWith('packages/'))
    .map((file) =>
      file
        .split('/')
        .slice(0, isSharedRoom(roomOf(file)) ? 3 : 2)
        .join('/'),
    )
  return [...new Set(folders)]
}

function strayFindings(tree) {
  const top = [...new Set(tree.files.map((file) => file.split('/')[0]))]
  return top
    .filter((name) => !topLevel.has(name) && !name.startsWith('.'))
    .map((file) => ({ file, message: 'does not belong at the top level' }))
}
