import { parentPort, workerData } from 'node:worker_threads'
import { faultAgainst } from '../faults/index.ts'
import { plant } from '../faults/plant.ts'
import type { Errand } from './beside.ts'

const { selection, rule } = workerData as Errand
if (rule !== undefined) plant(faultAgainst(rule))
// only now, so that the core is loaded with the fault
const [{ runMatrix }, { STANDING }] = await Promise.all([import('../matrix/run-matrix.ts'), import('./index.ts')])
parentPort?.postMessage(await runMatrix(STANDING, selection))
