import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root } from '../bootstrap.mjs'
import { staleSnapshots } from '../checks/public-api.mjs'
import { snapshotsOf } from '../lib/api.mjs'
import { diskTree } from '../lib/tree.mjs'
import { listPackages } from '../lib/workspace.mjs'

const tree = diskTree(root)
const folders = process.argv.slice(2)
const chosen = listPackages(tree).filter(
  ({ folder, manifest }) => !manifest.private && (folders.length === 0 || folders.includes(folder)),
)
let changed = 0
for (const pkg of chosen) {
  const wanted = snapshotsOf(tree, pkg)
  for (const file of staleSnapshots(tree, pkg, wanted)) rmSync(join(root, file))
  for (const [file, text] of wanted) {
    if (tree.read(file) === text) continue
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), text)
    console.log(`wrote ${file}`)
    changed++
  }
}
console.log(
  changed === 0 ? 'The public API is as committed.' : `${changed} snapshots changed; review them as part of the diff.`,
)
