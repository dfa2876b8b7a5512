import { type JsonSchema, jsonSchemaOf, OptionError, type ResponseFormat } from '@cepa/core'

/** Where a schema holds others: alone, in a list, or under names. */
const ALONE: ReadonlySet<string> = new Set(['items', 'not', 'if', 'then', 'else', 'contains'])
const LISTED: ReadonlySet<string> = new Set(['anyOf', 'allOf', 'oneOf', 'prefixItems'])
const NAMED: ReadonlySet<string> = new Set(['properties', '$defs', 'definitions', 'patternProperties'])

/**
 * A schema whose objects are closed: the API holds the model to a schema only where `additionalProperties` is said to be `false`.
 * What a schema says of it itself stays.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/structured-outputs
 */
export function closedSchema(schema: JsonSchema): JsonSchema {
  const closed: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(schema)) {
    if (ALONE.has(key)) closed[key] = closedWithin(value)
    else if (LISTED.has(key)) closed[key] = Array.isArray(value) ? value.map(closedWithin) : value
    else if (NAMED.has(key)) closed[key] = closedByName(value)
    else closed[key] = value
  }
  const isObject = closed.type === 'object' || (closed.type === undefined && closed.properties !== undefined)
  if (isObject && closed.additionalProperties === undefined) closed.additionalProperties = false
  return closed
}

const isSchema = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const closedWithin = (value: unknown): unknown => (isSchema(value) ? closedSchema(value) : value)

const closedByName = (value: unknown): unknown =>
  isSchema(value)
    ? Object.fromEntries(Object.entries(value).map(([name, schema]) => [name, closedWithin(schema)]))
    : value

/**
 * The form of the answer, as `output_config.format`; `undefined` for text.
 *
 * @throws {OptionError} for JSON without a schema, which the API cannot promise.
 */
export function formatBody(format: ResponseFormat | undefined, provider: string): unknown {
  if (format === undefined || format.type === 'text') return undefined
  if (format.schema !== undefined) return { type: 'json_schema', schema: closedSchema(jsonSchemaOf(format.schema)) }
  throw new OptionError({
    owner: provider,
    field: 'responseFormat.schema',
    value: 'missing',
    remedy: 'give a JSON schema: the Messages API promises JSON only by one',
  })
}
