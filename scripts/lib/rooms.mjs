// The house: which folder is which room, and what its package is called.

import { product } from '../product.mjs'

/** Rooms that hold one package for each folder, with the word that their names begin with. */
const roomPrefixes = new Map([
  ['middleware', 'middleware'],
  ['adapters', 'adapter'],
  ['exporters', 'exporter'],
  ['stores', 'store'],
])

/** The room of a package's folder: `middleware` of `packages/middleware/cache`, `core` of `packages/core`. */
export function roomOf(folder) {
  return folder.split('/')[1]
}

/** Whether a room holds several packages. */
export function isSharedRoom(room) {
  return roomPrefixes.has(room)
}

/** The npm name that a folder maps to. */
export function nameOf(folder) {
  const [, room, name] = folder.split('/')
  if (room === product.name) return product.name
  return name === undefined ? `${product.scope}/${room}` : `${product.scope}/${roomPrefixes.get(room) ?? room}-${name}`
}

/** Whether a file is there for tests alone: a test, a type test, or anything in a `test` or `fixtures` folder. */
export function isTestFile(path) {
  return /\.test(?:-d)?\.m?ts$/.test(path) || /(?:^|\/)(?:test|fixtures)\//.test(path)
}

/** TypeScript sources of a package; `tests` says which: those for tests, or those that ship. */
export function sourcesOf(tree, folder, { tests = false } = {}) {
  return tree.files.filter(
    (file) =>
      file.startsWith(`${folder}/`) &&
      /\.m?tsx?$/.test(file) &&
      !file.endsWith('.d.ts') &&
      (isTestFile(file) ? tests : !tests && file.startsWith(`${folder}/src/`)),
  )
}
