import { ProviderError, pipeline } from '@cepa/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { json, type OpenaiServer, openaiServer } from '../test/openai-server.ts'
import { openai } from './openai.ts'

let server: OpenaiServer
beforeAll(async () => {
  server = await openaiServer()
})
afterAll(() => server.close())

const embed = (change: object = {}) =>
  pipeline(openai({ apiKey: 'k', baseUrl: server.baseUrl })).embed({
    model: 'text-embedding-3-small',
    input: ['a', 'b'],
    ...change,
  })

const encoded = (vector: readonly number[]): string => Buffer.from(new Float32Array(vector).buffer).toString('base64')

const answer = (...embeddings: readonly unknown[]) =>
  json(200, {
    object: 'list',
    data: embeddings.map((embedding, index) => ({ object: 'embedding', index, embedding })),
    model: 'text-embedding-3-small',
    usage: { prompt_tokens: 2, total_tokens: 2 },
  })

describe('embeddings', () => {
  it('one vector for each input, asked for as base64', async () => {
    server.answer(answer(encoded([0.5, -1]), encoded([2, 0.25])))
    expect(await embed({ dimensions: 2 })).toMatchObject({
      embeddings: [
        [0.5, -1],
        [2, 0.25],
      ],
      model: 'text-embedding-3-small',
      usage: { inputTokens: 2, source: 'provider' },
    })
    expect(server.seen[0]).toMatchObject({
      path: '/v1/embeddings',
      body: { model: 'text-embedding-3-small', input: ['a', 'b'], dimensions: 2, encoding_format: 'base64' },
    })
  })

  it('lists of numbers are taken too, in the order of their indices', async () => {
    server.answer(
      json(200, {
        data: [
          { index: 1, embedding: [2] },
          { index: 0, embedding: [1] },
        ],
      }),
    )
    expect((await embed()).embeddings).toEqual([[1], [2]])
  })

  it('a server that refuses the encoding is asked without', async () => {
    const refused = json(400, { error: { message: 'Unknown parameter: encoding_format' } })
    server.answer(refused, answer([1], [2]))
    expect((await embed()).embeddings).toEqual([[1], [2]])
    expect(server.seen[1]?.body).not.toHaveProperty('encoding_format')
  })

  it.each<[string, readonly unknown[], string]>([
    ['too few', [[1]], '1 embeddings for 2 inputs'],
    ['no vectors', [[1], ['x']], '2 embeddings for 2 inputs, or some that are no vectors'],
    ['broken base64', [[1], '!!!'], 'or some that are no vectors'],
    ['half a float', [[1], 'AAA='], 'or some that are no vectors'],
  ])('%s is malformed', async (_name, embeddings, words) => {
    server.answer(answer(...embeddings))
    const error = await embed().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ProviderError)
    expect(error).toMatchObject({ kind: 'malformed' })
    expect((error as Error).message).toContain(words)
  })

  it('errors go to the taxonomy', async () => {
    server.answer(json(400, { error: { message: "This model's maximum context length is 8192 tokens" } }))
    await expect(embed()).rejects.toMatchObject({ kind: 'context-length' })
  })
})
