import { OptionError } from './errors.ts'

/** A JSON Schema document, as plain data. */
export type JsonSchema = Readonly<Record<string, unknown>>

/**
 * The part of Standard JSON Schema that Cepa reads: a validator of Zod, Valibot, ArkType and others that can say its own
 * JSON Schema.
 *
 * @see https://standardschema.dev/json-schema
 */
export interface StandardSchema {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly jsonSchema?: {
      readonly input: (options: { readonly target: 'draft-2020-12' }) => Record<string, unknown>
    }
  }
}

/** Where a request takes a schema, it takes a JSON Schema or a Standard Schema object. */
export type Schema = JsonSchema | StandardSchema

/**
 * The JSON Schema (draft 2020-12) of a schema. Plain data is returned as it is.
 *
 * @throws {OptionError} when a Standard Schema object cannot say its JSON Schema.
 *
 * @example
 * jsonSchemaOf({ type: 'object' }) // → { type: 'object' }
 */
export function jsonSchemaOf(schema: Schema): JsonSchema {
  const standard = (schema as Partial<StandardSchema>)['~standard']
  if (standard === undefined) return schema as JsonSchema
  const { vendor, jsonSchema } = standard
  const wrong = (value: string, remedy: string) => new OptionError({ owner: 'request', field: 'schema', value, remedy })
  if (jsonSchema === undefined) {
    throw wrong(
      `a Standard Schema of ${vendor} without jsonSchema`,
      'use a version of the library that implements Standard JSON Schema, or pass the JSON Schema itself',
    )
  }
  try {
    return jsonSchema.input({ target: 'draft-2020-12' })
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown)
    throw wrong(`a schema of ${vendor} that has no JSON Schema (${why})`, 'pass a JSON Schema in its place')
  }
}
