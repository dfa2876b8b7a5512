// The packages of the workspace, as pnpm-workspace.yaml lists them.

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/**
 * @typedef {object} Package
 * @property {string} folder such as `packages/middleware/cache`
 * @property {string} name such as `@cepa/middleware-cache`
 * @property {Record<string, any>} manifest its package.json
 */

/** All packages in a tree, sorted by folder. */
export function listPackages(tree) {
  const packages = []
  for (const pattern of workspacePatterns(tree)) {
    for (const folder of expand(tree, pattern)) {
      const text = tree.read(`${folder}/package.json`)
      if (text === undefined) continue
      const manifest = JSON.parse(text)
      packages.push({ folder, name: manifest.name, manifest })
    }
  }
  return packages.sort((a, b) => (a.folder < b.folder ? -1 : 1))
}

/** The folders under `packages:` in pnpm-workspace.yaml; a last `*` stands for any folder name. */
export function workspacePatterns(tree) {
  const lines = (tree.read('pnpm-workspace.yaml') ?? '').split('\n')
  const start = lines.indexOf('packages:')
  const patterns = []
  for (const line of lines.slice(start + 1)) {
    const item = /^\s+-\s+['"]?([^'"#\s]+)['"]?\s*(?:#.*)?$/.exec(line)
    if (item) patterns.push(item[1])
    else if (/^\S/.test(line)) break
  }
  return patterns
}

function expand(tree, pattern) {
  if (!pattern.endsWith('/*')) return [pattern]
  const room = pattern.slice(0, -2)
  if (tree.root !== undefined) {
    const folder = join(tree.root, room)
    return existsSync(folder) ? readdirSync(folder).map((name) => `${room}/${name}`) : []
  }
  const names = tree.files
    .filter((file) => file.startsWith(`${room}/`))
    .map((file) => file.split('/')[room.split('/').length])
  return [...new Set(names)].map((name) => `${room}/${name}`)
}
