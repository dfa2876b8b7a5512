// The repository checks, in the order in which they run. Each finds what breaks its rule in a tree of files.

import { findUntestedByKits } from './conformance.mjs'
import { findCycles } from './cycles.mjs'
import { findMisplacedFolders } from './folders.mjs'
import { findImportViolations } from './import-rules.mjs'
import { findLicenceViolations } from './licences.mjs'
import { findHeavyMainEntries } from './main-entries.mjs'
import { findManifestViolations } from './manifests.mjs'
import { findMachineTraces } from './portability.mjs'
import { findNameViolations } from './product-name.mjs'
import { findApiChanges } from './public-api.mjs'
import { findReadmeViolations } from './readmes.mjs'
import { findStyleViolations } from './style.mjs'

/** @typedef {{ file: string, message: string }} Finding */

/** @type {readonly { name: string, find: (tree: import('../lib/tree.mjs').Tree) => readonly Finding[] }[]} */
export const checks = [
  { name: 'who imports whom', find: findImportViolations },
  { name: 'main entries', find: findHeavyMainEntries },
  { name: 'cycles', find: findCycles },
  { name: 'folders and names', find: findMisplacedFolders },
  { name: 'manifests', find: findManifestViolations },
  { name: 'product name', find: findNameViolations },
  { name: 'package READMEs', find: findReadmeViolations },
  { name: 'conformance', find: findUntestedByKits },
  { name: 'public API', find: findApiChanges },
  { name: 'licences', find: findLicenceViolations },
  { name: 'style', find: findStyleViolations },
  { name: 'portability', find: findMachineTraces },
]
