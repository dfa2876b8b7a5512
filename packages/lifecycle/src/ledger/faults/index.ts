import type { PlantedFault } from './fault.ts'
import { OF_RECORDS } from './of-records.ts'
import { OF_SUMS } from './of-sums.ts'

/** The faults. */
export const FAULTS: readonly PlantedFault[] = [...OF_RECORDS, ...OF_SUMS]
