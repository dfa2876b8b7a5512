import { expect, it } from 'vitest'
import { closedSchema, formatBody } from './structured-output.ts'

it('objects are closed wherever they stand, unless they say otherwise', () => {
  const person = { type: 'object', properties: { name: { type: 'string' } } }
  const schema = {
    type: 'object',
    properties: {
      one: person,
      many: { type: 'array', items: person },
      either: { anyOf: [person, { type: 'null' }] },
      open: { type: 'object', additionalProperties: true },
      properties: { type: 'string', enum: ['properties'] },
    },
    required: ['one'],
    $defs: { person },
  }
  const closed = { ...person, additionalProperties: false }
  expect(closedSchema(schema)).toEqual({
    ...schema,
    properties: {
      ...schema.properties,
      one: closed,
      many: { type: 'array', items: closed },
      either: { anyOf: [closed, { type: 'null' }] },
    },
    $defs: { person: closed },
    additionalProperties: false,
  })
  expect(schema.properties.one).toBe(person)
  expect(person).not.toHaveProperty('additionalProperties')
})

it('text needs no format, JSON needs a schema', () => {
  expect(formatBody({ type: 'text' }, 'anthropic')).toBeUndefined()
  expect(formatBody(undefined, 'anthropic')).toBeUndefined()
  expect(() => formatBody({ type: 'json' }, 'anthropic')).toThrow(
    'anthropic: option responseFormat.schema is missing; give a JSON schema',
  )
})
