import Anthropic from '@anthropic-ai/sdk'
import { pipeline } from '@cepa/core'
import type { Fetch, SdkClient } from '@cepa/transport'
import { nodeFetch } from '@cepa/transport/node'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { endless, json, refusal, streaming, until } from '../test/anthropic-server.ts'
import { desk, failure, request, watch } from '../test/desk.ts'
import { HELLO, message, messageStart, sse, textBlock } from '../test/wire.ts'
import { anthropic } from './anthropic.ts'

const bench = desk()
const client = (more: object = {}): Anthropic =>
  new Anthropic({ apiKey: 'tenant-key-1', baseURL: bench.server.baseUrl, ...more })

it('types: the client and any fetch fit', () => {
  expectTypeOf<Anthropic>().toExtend<SdkClient>()
  expectTypeOf<typeof fetch>().toExtend<Fetch>()
})

describe('the client of @anthropic-ai/sdk as transport', () => {
  it('sends with its own address, key, version and headers; the bytes are read here', async () => {
    bench.server.answer(streaming(HELLO, { 'request-id': 'req_1' }))
    const seen = watch()
    const chat = pipeline(anthropic({ client: client(), beta: ['b'] }), seen.layer)
    const answer = await (await chat(request, { headers: { 'x-tenant': 'acme' } })).result()
    expect(answer).toMatchObject({ text: 'Hello', finish: 'stop', usage: { inputTokens: 100, outputTokens: 9 } })
    expect(bench.server.seen[0]).toMatchObject({
      path: '/v1/messages',
      headers: {
        authorization: 'Bearer tenant-key-1',
        'anthropic-version': '2026-10-21',
        'anthropic-beta': 'b',
        'x-tenant': 'acme',
        'x-stainless-lang': 'js',
      },
      body: { stream: true, max_tokens: 32_000 },
    })
    expect(seen.attempts).toMatchObject([
      { status: 200, providerRequestId: 'req_1', serverAddress: '127.0.0.1', bytesReceived: HELLO.length, won: true },
    ])
    expect(seen.attempts[0]?.wireBytesReceived).toBeUndefined()
  })

  it('its version is its own, unless one is given', async () => {
    bench.server.answer(streaming(HELLO))
    const sampled = { ...request, temperature: 0 }
    await (await pipeline(anthropic({ client: client() }))(sampled)).result()
    await (await pipeline(anthropic({ client: client(), version: '2023-06-01' }))(sampled)).result()
    expect(bench.server.seen.map(({ headers }) => headers['anthropic-version'])).toEqual(['2026-10-21', '2023-06-01'])
  })

  it('whole answers, and tokens counted', async () => {
    bench.server.answer(json(200, message([{ type: 'text', text: 'Hello' }])), json(200, { input_tokens: 5 }))
    const adapter = anthropic({ client: client() })
    expect((await pipeline(adapter).complete(request)).text).toBe('Hello')
    expect(await adapter.countTokens(request)).toBe(5)
    expect(bench.server.seen.map(({ path }) => path)).toEqual(['/v1/messages', '/v1/messages/count_tokens'])
  })

  it('a truncated stream is no success, as it is for the client itself', async () => {
    const cut = streaming(sse(messageStart(), ...textBlock(0, 'Hel')))
    bench.server.answer(cut)
    const reply = await pipeline(anthropic({ client: client() }))(request)
    expect(await failure(reply.result())).toMatchObject({ kind: 'truncated', ending: { completion: { text: 'Hel' } } })
  })

  it('its own retries are off, and what it throws goes to the taxonomy', async () => {
    bench.server.answer(
      json(
        429,
        { type: 'error', error: { type: 'rate_limit_error', message: 'slow down, tenant-key-1' } },
        { 'retry-after': '2', 'request-id': 'req_2' },
      ),
    )
    const error = await failure(pipeline(anthropic({ client: client({ maxRetries: 5 }) }))(request))
    expect(bench.server.seen).toHaveLength(1)
    expect(error).toMatchObject({
      kind: 'rate-limit',
      status: 429,
      retryAfterMs: 2_000,
      providerRequestId: 'req_2',
      message: 'anthropic answered 429 (rate_limit_error): slow down, [redacted]',
    })
  })

  it('an error within its stream', async () => {
    const error = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }
    bench.server.answer(streaming(sse(messageStart(), error)))
    const reply = await pipeline(anthropic({ client: client() }))(request)
    expect(await failure(reply.result())).toMatchObject({ kind: 'overloaded', retryable: true })
  })

  it('corrections work through it', async () => {
    bench.server.answer(
      refusal(400, { type: 'invalid_request_error', message: 'max_tokens: 32000 > 8192, which is the maximum' }),
      streaming(HELLO),
    )
    expect((await (await pipeline(anthropic({ client: client() }))(request)).result()).text).toBe('Hello')
    expect(bench.server.seen[1]?.body.max_tokens).toBe(8_192)
  })

  it('limits say whose they are: its own, and that of its fetch', async () => {
    bench.server.answer(() => undefined)
    const own = await failure(pipeline(anthropic({ client: client({ timeout: 20 }) }))(request))
    expect(own).toMatchObject({ kind: 'timeout', retryable: true })
    expect(own.message).toMatch(/within the limit of the given SDK client \(its timeout option\), met after \d+ ms/)
    const limited = async (): Promise<never> => {
      throw new TypeError('fetch failed', {
        cause: Object.assign(new Error('Headers Timeout Error'), { code: 'UND_ERR_HEADERS_TIMEOUT' }),
      })
    }
    const foreign = await failure(pipeline(anthropic({ client: client({ fetch: limited }) }))(request))
    expect(foreign.kind).toBe('timeout')
    expect(foreign.message).toMatch(/a limit of the fetch in use, or of the runtime, was met after \d+ ms/)
  })

  it('may itself send by nodeFetch, which has no limit of 300 s', async () => {
    bench.server.answer(streaming(HELLO))
    const own = nodeFetch()
    const chat = pipeline(anthropic({ client: client({ fetch: own }) }))
    expect((await (await chat(request)).result()).text).toBe('Hello')
    await own.close()
  })

  it('leaving and aborting close its connection', async () => {
    bench.server.answer(endless(sse(messageStart(), ...textBlock(0, 'Hel'))))
    const chat = pipeline(anthropic({ client: client() }))
    for await (const event of await chat(request)) if (event.type === 'text') break
    await until(() => bench.server.seen[0]?.closed === true)
    bench.server.answer(() => undefined)
    const controller = new AbortController()
    const pending = chat(request, { signal: controller.signal })
    await until(() => bench.server.seen.length === 1)
    controller.abort()
    await expect(pending).rejects.toMatchObject({ name: 'AbortError' })
    await until(() => bench.server.seen[0]?.closed === true)
  })
})
