// The public surface of each package stands in a committed snapshot, so that a change of it shows in the diff.

import { snapshotEnding, snapshotFolder, snapshotsOf } from '../lib/api.mjs'
import { lineDiff } from '../lib/line-diff.mjs'
import { listPackages } from '../lib/workspace.mjs'

const remedy = 'If the change is meant, run `npm run api` and commit it.'

/** Finds snapshots that are missing, that differ from what the build emitted, or whose entry is gone. */
export function findApiChanges(tree) {
  return listPackages(tree)
    .filter(({ manifest }) => !manifest.private)
    .flatMap((pkg) => packageFindings(tree, pkg))
}

function packageFindings(tree, pkg) {
  let wanted
  try {
    wanted = snapshotsOf(tree, pkg)
  } catch (error) {
    return [{ file: `${pkg.folder}/package.json`, message: error.message }]
  }
  const findings = []
  for (const [file, text] of wanted) {
    const committed = tree.read(file)
    if (committed === undefined) findings.push({ file, message: `is missing. ${remedy}` })
    else if (committed !== text)
      findings.push({ file, message: `differs from the build. ${remedy}\n${lineDiff(committed, text)}` })
  }
  return [
    ...findings,
    ...staleSnapshots(tree, pkg, wanted).map((file) => ({ file, message: `belongs to no entry. ${remedy}` })),
  ]
}

/** Snapshots of entries that a package no longer has. */
export function staleSnapshots(tree, pkg, wanted) {
  const folder = `${pkg.folder}/${snapshotFolder}/`
  return tree.files.filter((file) => file.startsWith(folder) && file.endsWith(snapshotEnding) && !wanted.has(file))
}
