// Nothing in the repository knows the machine or the registry that it was made with.

import { lineAt } from '../lib/tokens.mjs'

// Written in pieces, so that this file does not find itself.
const folders = ['work', 'tmp', 'root', 'private/tmp'].join('|')
const rules = [
  { pattern: new RegExp(`(?<![\\w.)}\\]-])/(?:${folders})/[\\w.-]`), message: 'names a folder of one machine' },
  { pattern: /(?<![\w.])\/(?:home|Users)\/[\w.-]+\//, message: 'names the home of one user' },
  { pattern: /\b[a-z]:\\\\?Users\\/i, message: 'names the home of one user' },
  { pattern: /\bregistry\.[a-z.]*npm[a-z]*\.(?:org|com)\b/, message: 'names a registry host' },
]

/** Finds paths of one machine, hosts of registries, and addresses of packages in the lockfile. */
export function findMachineTraces(tree) {
  return tree.files.flatMap((file) => {
    const text = tree.read(file)
    if (text === undefined || text.includes('\0')) return []
    const found = rules.map(({ pattern, message }) => ({ at: text.search(pattern), message }))
    if (file === 'pnpm-lock.yaml')
      found.push({ at: text.search(/\btarball: /), message: 'has the address of a package' })
    return found
      .filter(({ at }) => at !== -1)
      .map(({ at, message }) => ({ file: `${file}:${lineAt(text, at)}`, message }))
  })
}
