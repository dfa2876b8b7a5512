// What others write is held to the contract by the kits of `testing`; what stands here is held to it first.

import { roomOf } from '../lib/rooms.mjs'
import { listPackages } from '../lib/workspace.mjs'

const kits = {
  middleware: 'testMiddleware',
  adapters: 'testAdapter',
  exporters: 'testExporter',
  stores: 'testCacheStore',
}

/** Packages that are not of the kind that their room's kit holds, and why. */
const others = { 'packages/exporters/prometheus': 'is asked for metrics; nothing is exported to it' }

/** Finds packages of such a room whose tests do not run its kit. */
export function findUntestedByKits(tree) {
  return listPackages(tree).flatMap(({ folder }) => {
    const kit = kits[roomOf(folder)]
    if (kit === undefined || others[folder] !== undefined) return []
    const tests = tree.files.filter((file) => file.startsWith(`${folder}/`) && file.endsWith('.test.ts'))
    if (tests.some((file) => tree.read(file)?.includes(`${kit}(`))) return []
    return [{ file: folder, message: `has no test that runs the conformance kit: ${kit}()` }]
  })
}
