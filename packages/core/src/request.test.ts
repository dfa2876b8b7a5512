import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { answering, end, handling, rejection, saying } from '../test/onion.ts'
import { type ChatRequest, jsonSchemaOf, OptionError, pipeline, type StandardSchema } from './index.ts'

const point = z.object({ x: z.number().describe('to the right'), y: z.number().optional() })
const pointSchema = {
  type: 'object',
  properties: { x: { type: 'number', description: 'to the right' }, y: { type: 'number' } },
  required: ['x'],
}
const asked = async (request: ChatRequest) => {
  const adapter = answering(() => [end()])
  await pipeline(adapter).complete(request)
  return adapter.calls[0]?.request as ChatRequest
}

describe('schemas of a request', () => {
  it('plain JSON Schema is taken as it is, the request itself too', async () => {
    const request: ChatRequest = {
      model: 'm',
      messages: [],
      tools: [{ name: 'move', parameters: pointSchema }],
      responseFormat: { type: 'json', schema: pointSchema },
    }
    expect(await asked(request)).toBe(request)
    expect(jsonSchemaOf(pointSchema)).toBe(pointSchema)
  })

  it('a Standard Schema object becomes its JSON Schema before any layer sees it', async () => {
    const request: ChatRequest = {
      model: 'm',
      messages: [],
      tools: [
        { name: 'move', description: 'moves', parameters: point, strict: true },
        { name: 'stop', parameters: { type: 'object' } },
      ],
      responseFormat: { type: 'json', schema: point, name: 'point' },
    }
    expect(JSON.parse(JSON.stringify(await asked(request)))).toMatchObject({
      tools: [
        { name: 'move', description: 'moves', parameters: pointSchema, strict: true },
        { name: 'stop', parameters: { type: 'object' } },
      ],
      responseFormat: { type: 'json', schema: pointSchema, name: 'point' },
    })
    // the caller's own request is as it was
    expect(request.tools?.[0]?.parameters).toBe(point)
  })

  it('also one that a layer puts into the request', async () => {
    const adapter = answering(() => [end()])
    const adding = handling('adding', (call, next) =>
      next(call.with({ request: { model: 'm', messages: [], tools: [{ name: 'move', parameters: point }] } } as never)),
    )
    await pipeline(adapter, adding).complete({ model: 'm', messages: [] })
    expect(adapter.calls[0]?.request).toMatchObject({ tools: [{ parameters: pointSchema }] })
  })

  it('one that cannot say its JSON Schema is an OptionError, before anything is sent', async () => {
    const silent: StandardSchema = { '~standard': { version: 1, vendor: 'acme' } }
    const impossible = z.object({ when: z.date() })
    for (const [schema, words] of [
      [silent, 'a Standard Schema of acme without jsonSchema'],
      [impossible, 'a schema of zod that has no JSON Schema (Date cannot be represented in JSON Schema)'],
    ] as const) {
      const adapter = saying('a')
      const request: ChatRequest = { model: 'm', messages: [], tools: [{ name: 'f', parameters: schema }] }
      const error = await rejection(pipeline(adapter)(request))
      expect(error).toBeInstanceOf(OptionError)
      expect(error.message).toContain(words)
      expect(adapter.calls).toHaveLength(0)
    }
  })
})
