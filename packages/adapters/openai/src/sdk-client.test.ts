import { type Attempt, type ChatRequest, middleware, type ProviderError, pipeline } from '@cepa/core'
import type { Fetch, SdkClient } from '@cepa/transport'
import { nodeFetch } from '@cepa/transport/node'
import OpenAI, { AzureOpenAI } from 'openai'
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest'
import {
  chunk,
  completion,
  HELLO,
  json,
  type OpenaiServer,
  openaiServer,
  sse,
  streaming,
  until,
} from '../test/openai-server.ts'
import { openai } from './openai.ts'

let server: OpenaiServer
beforeAll(async () => {
  server = await openaiServer()
})
afterAll(() => server.close())

const request: ChatRequest = { model: 'gpt-5', messages: [{ role: 'user', content: 'hi' }] }
const client = (more: object = {}): OpenAI =>
  new OpenAI({ apiKey: 'tenant-key-1', baseURL: server.baseUrl, organization: 'org-1', ...more })

const failure = (pending: Promise<unknown>): Promise<ProviderError> =>
  pending.then(
    () => expect.unreachable(),
    (error: unknown) => error as ProviderError,
  )

it('types: the client and any fetch fit', () => {
  expectTypeOf<OpenAI>().toExtend<SdkClient>()
  expectTypeOf<AzureOpenAI>().toExtend<SdkClient>()
  expectTypeOf<typeof fetch>().toExtend<Fetch>()
})

describe('the openai client as transport', () => {
  it('may itself send by nodeFetch, which has no limit of 300 s', async () => {
    server.answer(streaming(HELLO), json(429, { error: { message: 'slow' } }))
    const own = nodeFetch()
    const chat = pipeline(openai({ client: client({ fetch: own }) }))
    expect((await (await chat(request)).result()).text).toBe('Hello')
    expect(await failure(chat(request))).toMatchObject({ kind: 'rate-limit' })
    await own.close()
    expectTypeOf<typeof own>().toExtend<NonNullable<NonNullable<ConstructorParameters<typeof OpenAI>[0]>['fetch']>>()
  })

  it('sends with its own address, key and headers; the bytes are read here', async () => {
    server.answer(streaming(HELLO, { 'x-request-id': 'req_1' }))
    let attempts: readonly Attempt[] = []
    const watch = middleware({
      name: 'watch',
      end: (call) => {
        attempts = call.attempts
      },
    })
    const chat = pipeline(openai({ client: client() }), watch)
    const answer = await (await chat(request, { headers: { 'x-tenant': 'acme' } })).result()
    expect(answer).toMatchObject({ text: 'Hello', finish: 'stop', usage: { outputTokens: 9 } })
    expect(server.seen[0]).toMatchObject({
      path: '/v1/chat/completions',
      headers: {
        authorization: 'Bearer tenant-key-1',
        'openai-organization': 'org-1',
        'x-tenant': 'acme',
        'x-stainless-lang': 'js',
      },
      body: { stream: true, stream_options: { include_usage: true } },
    })
    expect(attempts).toMatchObject([
      { status: 200, providerRequestId: 'req_1', serverAddress: '127.0.0.1', bytesReceived: HELLO.length, won: true },
    ])
    expect(attempts[0]?.wireBytesReceived).toBeUndefined()
  })

  it('whole answers and embeddings', async () => {
    server.answer(json(200, completion({ content: 'Hello' })), json(200, { data: [{ index: 0, embedding: [1] }] }))
    const chat = pipeline(openai({ client: client() }))
    expect((await chat.complete(request)).text).toBe('Hello')
    expect((await chat.embed({ model: 'e', input: ['a'] })).embeddings).toEqual([[1]])
  })

  it('a truncated stream is no success, as it is for the client itself', async () => {
    server.answer(streaming(sse(chunk({ content: 'Hel' }))))
    const reply = await pipeline(openai({ client: client() }))(request)
    expect(await failure(reply.result())).toMatchObject({ kind: 'truncated', ending: { completion: { text: 'Hel' } } })
  })

  it('its own retries are off, and what it throws goes to the taxonomy', async () => {
    const body = { error: { message: 'slow down, tenant-key-1', code: 'rate_limit_exceeded' } }
    server.answer(json(429, body, { 'retry-after': '2', 'x-request-id': 'req_2' }))
    const error = await failure(pipeline(openai({ client: client({ maxRetries: 5 }) }))(request))
    expect(server.seen).toHaveLength(1)
    expect(error).toMatchObject({
      kind: 'rate-limit',
      status: 429,
      retryAfterMs: 2_000,
      providerRequestId: 'req_2',
      message: 'openai answered 429 (rate_limit_exceeded): slow down, [redacted]',
    })
  })

  it('bodies that are no JSON', async () => {
    server.answer(
      (response) => {
        response.writeHead(502, { 'content-type': 'text/html' })
        response.end('<html><title>502 Bad Gateway</title></html>')
      },
      (response) => {
        response.writeHead(500)
        response.end()
      },
    )
    const chat = pipeline(openai({ client: client() }))
    expect(await failure(chat(request))).toMatchObject({
      kind: 'server',
      message: 'openai answered 502: an HTML page "502 Bad Gateway"',
    })
    expect(await failure(chat(request))).toMatchObject({
      kind: 'server',
      message: 'openai answered 500: an empty body',
    })
  })

  it('corrections work through it', async () => {
    server.answer(json(400, { error: { message: 'Unknown parameter: stream_options' } }), streaming(HELLO))
    expect((await (await pipeline(openai({ client: client() }))(request)).result()).text).toBe('Hello')
    expect(server.seen[1]?.body).not.toHaveProperty('stream_options')
  })

  it('a server that is not there', async () => {
    const gone = await openaiServer()
    await gone.close()
    const nowhere = pipeline(openai({ client: client({ baseURL: gone.baseUrl }) }))
    const error = await failure(nowhere(request))
    expect(error.kind).toBe('network')
    expect(error.message).toMatch(/^openai could not be reached at 127\.0\.0\.1:\d+: ECONNREFUSED$/)
  })

  it('a limit of its own', async () => {
    server.answer(() => undefined)
    const error = await failure(pipeline(openai({ client: client({ timeout: 20 }) }))(request))
    expect(error).toMatchObject({ kind: 'timeout', retryable: true })
    expect(error.message).toMatch(
      /no response headers came within the limit of the given SDK client \(its timeout option\), met after \d+ ms; raise it there/,
    )
  })

  it('the limit of the fetch that it uses is told as that', async () => {
    const limited = async (): Promise<never> => {
      throw new TypeError('fetch failed', {
        cause: Object.assign(new Error('Headers Timeout Error'), { code: 'UND_ERR_HEADERS_TIMEOUT' }),
      })
    }
    const error = await failure(pipeline(openai({ client: client({ fetch: limited }) }))(request))
    expect(error.message).toMatch(
      /within the limit of the fetch in use \(undici's headersTimeout, 300 s in Node by default\)/,
    )
  })

  it('leaving and aborting close its connection', async () => {
    const open = (response: import('node:http').ServerResponse): void => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(sse(chunk({ content: 'Hel' })))
    }
    server.answer(open)
    const chat = pipeline(openai({ client: client() }))
    for await (const event of await chat(request)) if (event.type === 'text') break
    await until(() => server.seen[0]?.closed === true)
    server.answer(() => undefined)
    const controller = new AbortController()
    const pending = failure(chat(request, { signal: controller.signal }))
    await until(() => server.seen.length === 1)
    controller.abort()
    expect(await pending).toMatchObject({ name: 'AbortError' })
    await until(() => server.seen[0]?.closed === true)
  })

  it('Azure: its deployments and its key header', async () => {
    server.answer(streaming(HELLO))
    const azure = new AzureOpenAI({
      apiKey: 'azure-key-1',
      apiVersion: '2026-01-01',
      baseURL: server.baseUrl.replace('/v1', '/openai'),
    })
    expect((await (await pipeline(openai({ client: azure, name: 'azure' }))(request)).result()).text).toBe('Hello')
    expect(server.seen[0]).toMatchObject({
      path: '/openai/deployments/gpt-5/chat/completions?api-version=2026-01-01',
      headers: { 'api-key': 'azure-key-1' },
    })
  })
})
