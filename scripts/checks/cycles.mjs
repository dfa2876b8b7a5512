// Nothing imports itself by a detour: neither packages nor the files in one.

import { productionDependencies } from '../lib/dependencies.mjs'
import { findImports } from '../lib/imports.mjs'
import { kindOf, resolveRelative } from '../lib/modules.mjs'
import { sourcesOf } from '../lib/rooms.mjs'
import { listPackages } from '../lib/workspace.mjs'

/** Finds cycles of production dependencies between packages, and cycles of imports, but for types, between files. */
export function findCycles(tree) {
  const packages = listPackages(tree)
  const names = new Set(packages.map(({ name }) => name))
  const manifests = new Map(
    packages.map(({ name, manifest }) => [
      name,
      productionDependencies(manifest)
        .map(([, target]) => target)
        .filter((target) => names.has(target)),
    ]),
  )
  const scripts = tree.files.filter((file) => /^scripts\/.*\.mjs$/.test(file) && !file.endsWith('.test.mjs'))
  const graphs = [
    manifests,
    ...packages.map(({ folder }) => fileGraph(tree, sourcesOf(tree, folder))),
    fileGraph(tree, scripts),
  ]
  return graphs.flatMap(cyclesOf).map((cycle) => ({ file: cycle[0], message: `imports itself: ${cycle.join(' → ')}` }))
}

function fileGraph(tree, files) {
  const known = new Set(files)
  return new Map(
    files.map((file) => [
      file,
      findImports(tree.read(file))
        .filter(({ specifier, typeOnly, dynamic }) => !typeOnly && !dynamic && kindOf(specifier) === 'relative')
        .map(({ specifier }) => resolveRelative(tree, file, specifier))
        .filter((target) => known.has(target)),
    ]),
  )
}

/** Each cycle once, from the node at which it was entered back to that node. */
function cyclesOf(graph) {
  const cycles = []
  const done = new Set()
  const visit = (node, path) => {
    if (done.has(node)) return
    const start = path.indexOf(node)
    if (start !== -1) {
      cycles.push([...path.slice(start), node])
      return
    }
    for (const next of graph.get(node) ?? []) visit(next, [...path, node])
    done.add(node)
  }
  for (const node of graph.keys()) visit(node, [])
  return cycles
}
