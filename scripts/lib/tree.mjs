// A tree of files: what a repository check reads. Tests give one that was planted, the checks give the repository.

import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * @typedef {object} Tree
 * @property {readonly string[]} files paths of the project's own files, sorted, relative, with forward slashes
 * @property {(path: string) => string | undefined} read text of a file, of one that is not in `files` (build output) too
 * @property {string | undefined} root folder on disk, absent for a tree in memory
 */

const generated = new Set(['node_modules', 'dist', '.git', '.tools', '.generated', 'coverage'])

/** The tree of a folder on disk: what git would commit or, where git is not used, all but what is generated. */
export function diskTree(root) {
  let files
  const cache = new Map()
  return {
    root,
    get files() {
      files ??= listWithGit(root) ?? walk(root, '')
      return files
    },
    read(path) {
      if (!cache.has(path)) {
        const file = join(root, path)
        cache.set(path, existsSync(file) ? readFileSync(file, 'utf8') : undefined)
      }
      return cache.get(path)
    },
  }
}

/** A tree in memory: an object from path to text. */
export function memoryTree(contents) {
  const files = Object.keys(contents).sort()
  return { root: undefined, files, read: (path) => contents[path] }
}

function listWithGit(root) {
  if (!existsSync(join(root, '.git'))) return undefined
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard']
  const result = spawnSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
  if (result.status !== 0) return undefined
  const paths = new Set(result.stdout.split('\0').filter(Boolean))
  return [...paths].filter((path) => existsSync(join(root, path))).sort()
}

function walk(root, folder) {
  const found = []
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (entry.isDirectory()) {
      if (!generated.has(entry.name)) found.push(...walk(root, path))
    } else found.push(path)
  }
  return found.sort()
}
