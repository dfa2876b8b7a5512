import {
  ATTEMPT_ATTRIBUTES,
  type AttributeType,
  CALL_ATTRIBUTES,
  EXCEPTION_ATTRIBUTES,
  type In,
  METRIC_ATTRIBUTES,
  METRICS,
  REQUIRED,
} from './convention-table.ts'
import type { AnyValue, ReadAttributes } from './decode.ts'
import { plain, type ReadLog, type ReadMetric, type ReadSpan } from './read.ts'

type Version = 'released' | 'latest'

const isIn = (versions: In | undefined, version: Version): boolean =>
  versions === undefined || versions === 'both' || versions === version

/** Whether a value on the wire is of a type of the conventions. */
function isOf(value: AnyValue, type: AttributeType): boolean {
  switch (type) {
    case 'string':
      return typeof value.stringValue === 'string'
    case 'boolean':
      return typeof value.boolValue === 'boolean'
    case 'int':
      return /^-?\d+$/.test(String(value.intValue))
    case 'double':
      // OpenTelemetry's encoders for JavaScript write a whole number as one, whatever it is a value of
      return typeof value.doubleValue === 'number' || /^-?\d+$/.test(String(value.intValue))
    case 'string[]': {
      const each = (value.arrayValue as { values?: AnyValue[] } | undefined)?.values ?? []
      return value.arrayValue !== undefined && each.every((one) => typeof one.stringValue === 'string')
    }
    case 'json':
      return typeof plain(value) === 'object' || Array.isArray(JSON.parse(String(value.stringValue)))
  }
}

type Rows = readonly (readonly [name: string, type: AttributeType, versions?: In])[]

/** What is wrong with some attributes: names that the conventions do not have, values of another type. Own names begin with `cepa.` */
function attributeFindings(attributes: ReadAttributes, rows: Rows, version: Version): string[] {
  const known = new Map(rows.map(([name, ...rest]) => [name, rest] as const))
  return Object.entries(attributes).flatMap(([name, value]) => {
    if (name.startsWith('cepa.')) return []
    const [type, versions] = known.get(name) ?? []
    if (type === undefined || !isIn(versions, version)) return [`${name} is no name of ${version}`]
    return isOf(value, type) ? [] : [`${name} is ${JSON.stringify(value)}, not ${type}`]
  })
}

/** Kinds of spans as OTLP numbers them. */
export const KIND = { internal: 1, client: 3 } as const

/** What is wrong with a span of a call. */
export function callSpanFindings(span: ReadSpan, version: Version): string[] {
  const { attributes, name, kind } = span
  const missing = REQUIRED.filter((required) => attributes[required] === undefined)
  const words = [attributes['gen_ai.operation.name'], attributes['gen_ai.request.model']].map(plain)
  return [
    ...attributeFindings(attributes, CALL_ATTRIBUTES, version),
    ...missing.map((required) => `${required} is missing`),
    ...(name === words.join(' ') ? [] : [`the name is ${name}`]),
    ...(kind === KIND.client ? [] : [`the kind is ${kind}`]),
    ...(attributes['server.address'] !== undefined && attributes['server.port'] === undefined
      ? ['server.port is missing']
      : []),
    ...((span.status.code === 2) === (attributes['error.type'] !== undefined) ? [] : ['status and error.type differ']),
  ]
}

/** What is wrong with a span of an attempt. */
export const attemptSpanFindings = ({ attributes }: ReadSpan, version: Version): string[] =>
  attributeFindings(attributes, ATTEMPT_ATTRIBUTES, version)

/** What is wrong with an event. */
export function logFindings({ eventName, severityNumber, attributes }: ReadLog, version: Version): string[] {
  const severities: Record<string, number> = {
    'gen_ai.client.inference.operation.details': 9,
    'gen_ai.client.operation.exception': 13,
  }
  const isException = eventName === 'gen_ai.client.operation.exception'
  const rows = isException ? [...CALL_ATTRIBUTES, ...EXCEPTION_ATTRIBUTES] : CALL_ATTRIBUTES
  return [
    ...(severities[eventName] === severityNumber ? [] : [`${eventName} has severity ${severityNumber}`]),
    ...attributeFindings(attributes, rows, version),
    ...(isException && attributes['exception.type'] === undefined ? ['exception.type is missing'] : []),
  ]
}

/** What is wrong with a metric. */
export function metricFindings(metric: ReadMetric, version: Version): string[] {
  const { name, kind, unit, dataPoints } = metric
  if (name.startsWith('cepa.')) return []
  const row = METRICS.find((each) => each.name === name && isIn(each.versions, version))
  if (row === undefined) return [`${name} is no metric of ${version}`]
  const rows: Rows = [...METRIC_ATTRIBUTES, ...row.further.map((further) => [further, 'string'] as const)]
  return [
    ...(row.kind === kind && row.unit === unit ? [] : [`${name} is a ${kind} in ${unit}`]),
    ...(kind === 'sum' && metric.isMonotonic !== true ? [`${name} is not monotonic`] : []),
    ...dataPoints.flatMap((point) => [
      ...attributeFindings(point.attributes, rows, version),
      ...(row.bounds === undefined || String(point.explicitBounds) === String(row.bounds)
        ? []
        : [`${name} has other buckets`]),
      ...(row.kind === 'sum' && point.asInt === undefined ? [`${name} is no whole number`] : []),
    ]),
  ]
}
