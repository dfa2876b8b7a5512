import type { CallRecord, MetricDimension, RecordedAttempt } from '@cepa/core'
import type { CallInFlight } from '../listeners.ts'

/** What a dimension is called that is no label of the caller. */
export type PlainDimension = Exclude<MetricDimension, `attributes.${string}`>

/** All of them. */
export const PLAIN_DIMENSIONS: readonly PlainDimension[] = [
  'pipeline',
  'operation',
  'mode',
  'provider',
  'model',
  'responseModel',
  'ending',
]

/** Those whose values are few by their nature; the others have any. */
const CLOSED: ReadonlySet<MetricDimension> = new Set(['operation', 'mode', 'ending'])
const OF_CALLS_IN_FLIGHT: ReadonlySet<MetricDimension> = new Set(['pipeline', 'operation', 'mode', 'provider', 'model'])
const OF_ATTEMPTS: ReadonlySet<MetricDimension> = new Set(['provider', 'model', 'ending'])

const PREFIX = 'attributes.'

/** The name of the caller's label behind a dimension. */
const attributeOf = (dimension: MetricDimension): string | undefined =>
  dimension.startsWith(PREFIX) ? dimension.slice(PREFIX.length) : undefined

/** Whether a dimension is one of the caller's labels. */
export const isAttribute = (dimension: MetricDimension): boolean => attributeOf(dimension) !== undefined

/** Whether a dimension may have any number of values. */
export const isOpen = (dimension: MetricDimension): boolean => !CLOSED.has(dimension)

/** Of some dimensions, those that calls in flight have. */
export const ofCallsInFlight = (dimensions: readonly MetricDimension[]): readonly MetricDimension[] =>
  dimensions.filter((each) => OF_CALLS_IN_FLIGHT.has(each) || isAttribute(each))

/** Of some dimensions, those that attempts have. */
export const ofAttempts = (dimensions: readonly MetricDimension[]): readonly MetricDimension[] =>
  dimensions.filter((each) => OF_ATTEMPTS.has(each))

/** The value of a dimension; nothing where there is none. */
export function valueIn(
  from: CallRecord | CallInFlight | RecordedAttempt,
  dimension: MetricDimension,
): string | undefined {
  const attribute = attributeOf(dimension)
  if (attribute === undefined) return (from as Partial<Record<PlainDimension, string>>)[dimension as PlainDimension]
  const { attributes } = from as CallRecord
  return Object.hasOwn(attributes, attribute) ? attributes[attribute] : undefined
}
