// The public surface of an entry: what it exports, with every declaration that this refers to, as one text.

import { product } from '../product.mjs'
import { readDeclarations } from './declarations.mjs'
import { kindOf, resolveRelative } from './modules.mjs'

/** Entries of a package with the declaration file of each: [name of the snapshot, path]. */
export function declarationEntries(pkg) {
  return Object.entries(pkg.manifest.exports ?? {}).flatMap(([entry, target]) => {
    const name = entry === '.' ? 'index' : entry.slice(2).replaceAll('/', '-')
    return conditionsOf(target).map(([suffix, path]) => [`${name}${suffix}`, `${pkg.folder}/${path.slice(2)}`])
  })
}

function conditionsOf(target) {
  if (typeof target?.types !== 'string') return []
  const inNode = target.node?.types
  return [['', target.types], ...(inNode === undefined ? [] : [['.node', inNode]])]
}

/** The surface behind a declaration file as sorted text. Throws if a file is missing, because the package is not built. */
export function describeApi(tree, title, entry) {
  const surface = { tree, files: new Map(), external: new Set(), reached: new Map() }
  const exported = exportsOf(surface, entry)
  for (const target of exported.values()) reach(surface, target)
  const renamed = [...exported].filter(([name, target]) => target.specifier === undefined && target.name !== name)
  const passedOn = [...exported].filter(([, target]) => target.specifier !== undefined)
  const isPublic = (file, name) => exported.get(name)?.file === file && exported.get(name)?.name === name
  const declarations = [...surface.reached.values()]
    .sort((a, b) => compare(a.name, b.name) || compare(a.file, b.file))
    .map(({ file, name, texts }) => texts.map((text) => `${isPublic(file, name) ? 'export ' : ''}${text}`).join('\n'))
  const parts = [
    `// The public surface of ${title}. \`npm run api\` writes this file; a change in it is a change for users.`,
    [...surface.external].sort().join('\n'),
    passedOn
      .map(([name, { specifier, name: original }]) => `export { ${aliased(original, name)} } from '${specifier}'`)
      .sort()
      .join('\n'),
    renamed
      .map(([name, target]) => `export { ${aliased(target.name, name)} }`)
      .sort()
      .join('\n'),
    ...declarations,
  ]
  return `${parts.filter(Boolean).join('\n\n')}\n`
}

function aliased(name, alias) {
  return name === alias ? name : `${name} as ${alias}`
}

function compare(a, b) {
  return a < b ? -1 : a > b ? 1 : 0
}

function load({ tree, files }, path) {
  if (!files.has(path)) {
    const text = tree.read(path)
    if (text === undefined) throw new Error(`${path} is missing; run \`npm run build\``)
    files.set(path, readDeclarations(text))
  }
  return files.get(path)
}

/** Public names of a file, each followed to the file that declares it or to the package that it comes from. */
function exportsOf(surface, file) {
  const names = [...load(surface, file).exported.keys()].sort()
  return new Map(names.map((name) => [name, follow(surface, file, name)]))
}

function follow(surface, file, name) {
  const { exported, imported } = load(surface, file)
  const target = exported.get(name)
  if (target === undefined) throw new Error(`${file} does not export ${name}`)
  const source = target.specifier === undefined ? imported.get(target.name) : target
  return source === undefined ? { file, name: target.name } : followImport(surface, file, source)
}

function followImport(surface, file, { specifier, name }) {
  if (kindOf(specifier) !== 'relative') return { specifier, name }
  const path = declarationFile(surface.tree, file, specifier)
  return name === '*' ? { file: path, name } : follow(surface, path, name)
}

/** Emitted declarations name each other by `.ts` or `.js`; both stand for the `.d.ts`. */
function declarationFile(tree, from, specifier) {
  return resolveRelative(tree, from, specifier.replace(/(?:\.d)?\.([mc]?)[jt]s$/, '.d.$1ts'))
}

/** Takes a declaration into the surface, and all that it refers to. */
function reach(surface, { file, name, specifier }) {
  if (specifier !== undefined) return
  const key = `${file} ${name}`
  if (surface.reached.has(key)) return
  const { declared, imported } = load(surface, file)
  const statements = declared.get(name) ?? []
  surface.reached.set(key, { file, name, texts: statements.map(({ text }) => text) })
  for (const word of new Set(statements.flatMap(({ words }) => [...words]))) {
    if (imported.has(word)) reachImport(surface, { file, local: word, source: imported.get(word) })
    else if (word !== name && declared.has(word)) reach(surface, { file, name: word })
  }
}

function reachImport(surface, { file, local, source }) {
  const target = followImport(surface, file, source)
  if (target.specifier === undefined) {
    if (target.name === '*') for (const each of exportsOf(surface, target.file).values()) reach(surface, each)
    else reach(surface, target)
  } else if (target.name === '*') surface.external.add(`import type * as ${local} from '${target.specifier}'`)
  else surface.external.add(`import type { ${aliased(target.name, local)} } from '${target.specifier}'`)
}

/** The folder of a package's snapshots and the ending of their names. */
export const snapshotFolder = 'api'
export const snapshotEnding = '.api.d.ts'

/** All snapshots that a package should have: path → text. */
export function snapshotsOf(tree, pkg) {
  const name = pkg.name ?? product.name
  return new Map(
    declarationEntries(pkg).map(([entry, path]) => [
      `${pkg.folder}/${snapshotFolder}/${entry}${snapshotEnding}`,
      describeApi(tree, entry === 'index' ? name : `${name}/${entry}`, path),
    ]),
  )
}
