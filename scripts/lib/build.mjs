// The build: `tsc -b` over every package, in the order of their references.

import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { captureTool } from './process.mjs'
import { verdict } from './report.mjs'
import { listPackages } from './workspace.mjs'

/** Builds all packages. */
export async function build(tree) {
  const projects = listPackages(tree)
    .map((pkg) => pkg.folder)
    .filter((folder) => tree.read(`${folder}/tsconfig.json`) !== undefined)
  for (const folder of projects) removeStaleOutput(tree, folder)
  const { code, output } = await captureTool('tsc', ['-b', '--pretty', 'false', ...projects], { cwd: tree.root })
  return verdict(code === 0, { note: `${projects.length} projects`, output })
}

/** Removes what an earlier build left of sources that are gone, so that nothing resolves to it or packs it. */
function removeStaleOutput(tree, folder) {
  const dist = join(tree.root, folder, 'dist')
  if (!existsSync(dist)) {
    // Without it `tsc -b` takes what it remembers of an earlier build for an output that is there.
    rmSync(join(tree.root, folder, 'tsconfig.tsbuildinfo'), { force: true })
    return
  }
  for (const path of readdirSync(dist, { recursive: true })) {
    const source = /^(.*)\.(?:js|d\.ts)(?:\.map)?$/.exec(path)?.[1]
    if (source === undefined) continue
    const left = ['.ts', '.tsx'].some((extension) => existsSync(join(tree.root, folder, 'src', source + extension)))
    if (!left) rmSync(join(dist, path))
  }
}
