import { type FactKey, fact } from '@cepa/core'
import type { Pass } from './pass.ts'

/**
 * The pass of the outermost telemetry of a call, for those in nested pipelines: they see it and make no record (rule C5). Also where a
 * pass is found again when a call that was detached from it ends after it.
 */
export const telemetryFact: FactKey<Pass, 'telemetry', 'in', false> = fact<Pass, 'telemetry', 'in'>(
  'telemetry',
  'in',
).optional
