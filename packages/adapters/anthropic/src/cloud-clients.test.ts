import { AnthropicBedrock } from '@anthropic-ai/bedrock-sdk'
import { AnthropicVertex } from '@anthropic-ai/vertex-sdk'
import { pipeline } from '@cepa/core'
import type { SdkClient } from '@cepa/transport'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { type Answer, json, streaming, until } from '../test/anthropic-server.ts'
import { bedrockChunk, bedrockException } from '../test/aws-event-stream.ts'
import { desk, failure, request, watch } from '../test/desk.ts'
import { HELLO, message, messageEnd, messageStart, textBlock } from '../test/wire.ts'
import { anthropic } from './anthropic.ts'

const bench = desk()
const asked = { ...request, model: 'anthropic.claude-opus-5-5-v1:0' }

it('types: the clients fit', () => {
  expectTypeOf<AnthropicBedrock>().toExtend<SdkClient>()
  expectTypeOf<AnthropicVertex>().toExtend<SdkClient>()
})

describe('Bedrock', () => {
  const chat = (more: object = {}) => {
    const client = new AnthropicBedrock({
      awsAccessKey: 'tenant-access-1',
      awsSecretKey: 'tenant-secret-1',
      awsRegion: 'eu-central-1',
      baseURL: bench.server.baseUrl,
      ...more,
    })
    const seen = watch()
    return { chat: pipeline(anthropic({ client, name: 'bedrock' }), seen.layer), seen }
  }

  const binary =
    (frames: readonly Buffer[], end = true): Answer =>
    (response) => {
      response.writeHead(200, {
        'content-type': 'application/vnd.amazon.eventstream',
        'x-amzn-requestid': 'aws-1',
      })
      const bytes = Buffer.concat(frames)
      // cut within a frame
      response.write(bytes.subarray(0, 100))
      if (end) response.end(bytes.subarray(100))
      else response.write(bytes.subarray(100))
    }

  const opening = [messageStart(), ...textBlock(0, 'Grüße ', '🧅')]

  it('its binary stream is read, its signing stays its own', async () => {
    bench.server.answer(binary([...opening, ...messageEnd('end_turn')].map(bedrockChunk)))
    const { chat: ask, seen } = chat()
    const answer = await (await ask(asked)).result()
    expect(answer).toMatchObject({ text: 'Grüße 🧅', finish: 'stop', usage: { inputTokens: 100, outputTokens: 9 } })
    const [sent] = bench.server.seen
    expect(sent?.path).toBe('/model/anthropic.claude-opus-5-5-v1:0/invoke-with-response-stream')
    expect(sent?.headers.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=tenant-access-1\//)
    expect(sent?.body).toMatchObject({ anthropic_version: '2026-10-21', max_tokens: 32_000 })
    expect(sent?.body).not.toHaveProperty('model')
    expect(seen.attempts).toMatchObject([{ provider: 'bedrock', status: 200, providerRequestId: 'aws-1', won: true }])
  })

  it('whole answers, with a version of its own', async () => {
    bench.server.answer(json(200, message([{ type: 'text', text: 'Hello' }])))
    const client = new AnthropicBedrock({
      apiKey: 'tenant-key-1',
      awsRegion: 'eu-central-1',
      baseURL: bench.server.baseUrl,
    })
    const ask = pipeline(anthropic({ client, version: 'bedrock-2023-05-31' }))
    expect((await ask.complete({ ...asked, temperature: 0 })).text).toBe('Hello')
    expect(bench.server.seen[0]).toMatchObject({
      path: '/model/anthropic.claude-opus-5-5-v1:0/invoke',
      headers: { authorization: 'Bearer tenant-key-1' },
      body: { anthropic_version: 'bedrock-2023-05-31', temperature: 0 },
    })
  })

  it('a stream that ends without its finish, and an exception in the middle', async () => {
    bench.server.answer(binary(opening.map(bedrockChunk)))
    const cut = await failure((await chat().chat(asked)).result())
    expect(cut).toMatchObject({ kind: 'truncated', ending: { completion: { text: 'Grüße 🧅' } } })
    const exception = bedrockException('throttlingException', 'Too many requests')
    bench.server.answer(binary([...opening.map(bedrockChunk), exception]))
    const throttled = await failure((await chat().chat(asked)).result())
    expect(throttled).toMatchObject({
      kind: 'rate-limit',
      retryable: true,
      providerCode: 'throttlingException',
      ending: { completion: { text: 'Grüße 🧅' } },
    })
  })

  it('a refusal goes to the taxonomy, without its secrets', async () => {
    bench.server.answer(
      json(403, { message: 'The key tenant-secret-1 is not allowed' }, { 'x-amzn-requestid': 'aws-2' }),
    )
    const error = await failure(chat().chat(asked))
    expect(error).toMatchObject({ kind: 'permission', status: 403, providerRequestId: 'aws-2' })
    expect(error.message).toBe('bedrock answered 403: The key [redacted] is not allowed')
  })

  it('leaving closes its connection', async () => {
    bench.server.answer(binary(opening.map(bedrockChunk), false))
    for await (const event of await chat().chat(asked)) if (event.type === 'text') break
    await until(() => bench.server.seen[0]?.closed === true)
  })

  it('it counts no tokens, which is an error', async () => {
    bench.server.answer(json(404, { message: 'no such operation' }))
    const client = new AnthropicBedrock({
      apiKey: 'tenant-key-1',
      awsRegion: 'eu-central-1',
      baseURL: bench.server.baseUrl,
    })
    expect(await failure(anthropic({ client }).countTokens(asked))).toMatchObject({ kind: 'not-found' })
  })
})

describe('Vertex', () => {
  const chat = () => {
    const authClient = {
      projectId: 'project-1',
      getRequestHeaders: async () => new Headers({ authorization: 'Bearer google-token-1' }),
    }
    const client = new AnthropicVertex({
      region: 'europe-west1',
      baseURL: `${bench.server.baseUrl}/v1`,
      authClient: authClient as never,
    })
    return anthropic({ client, name: 'vertex' })
  }
  const model = '/v1/projects/project-1/locations/europe-west1/publishers/anthropic/models/claude-opus-5-5'

  it('its addresses and its token stay its own', async () => {
    bench.server.answer(streaming(HELLO), json(200, message([{ type: 'text', text: 'Hello' }])))
    const ask = pipeline(chat())
    expect((await (await ask(request)).result()).text).toBe('Hello')
    expect((await ask.complete(request)).text).toBe('Hello')
    expect(bench.server.seen).toMatchObject([
      { path: `${model}:streamRawPredict`, headers: { authorization: 'Bearer google-token-1' } },
      { path: `${model}:rawPredict`, body: { anthropic_version: '2026-10-21' } },
    ])
  })

  it('counts tokens; its errors go to the taxonomy', async () => {
    bench.server.answer(json(200, { input_tokens: 7 }))
    expect(await chat().countTokens(request)).toBe(7)
    expect(bench.server.seen[0]?.path).toMatch(/models\/count-tokens:rawPredict$/)
    bench.server.answer(json(429, { error: { code: 429, message: 'Quota exceeded', status: 'RESOURCE_EXHAUSTED' } }))
    expect(await failure(pipeline(chat())(request))).toMatchObject({ kind: 'rate-limit', status: 429 })
  })
})
