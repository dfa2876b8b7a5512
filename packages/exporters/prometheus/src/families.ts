import { CALL_FAMILIES } from './call-families.ts'
import type { MetricFamily } from './family.ts'
import { ATTEMPT_FAMILIES } from './family-kinds.ts'
import { HEALTH_FAMILIES, STATE_FAMILIES } from './state-families.ts'

/**
 * Every metric there is, in the order in which they are shown. Names are without the prefix, `cepa_` unless another one was given.
 *
 * @example
 * METRIC_FAMILIES.map(({ name }) => name).includes('calls_total') // → true
 *
 * @see https://prometheus.io/docs/practices/naming/
 */
export const METRIC_FAMILIES: readonly MetricFamily[] = [
  ...CALL_FAMILIES,
  ...ATTEMPT_FAMILIES,
  ...STATE_FAMILIES,
  ...HEALTH_FAMILIES,
]
