import { pipeline } from '@cepa/core'
import { describe, expect, it } from 'vitest'
import { desk, failure, request } from '../test/desk.ts'
import { chunk, completion, json, sse, streaming, USAGE } from '../test/openai-server.ts'

const bench = desk()

describe('failures', () => {
  it('an HTTP error rejects, in the taxonomy, without the key', async () => {
    const body = {
      error: {
        message: 'Incorrect API key provided: tenant-key-1. You can find yours at …',
        type: 'invalid_request_error',
        code: 'invalid_api_key',
      },
    }
    bench.server.answer(json(401, body, { 'x-request-id': 'req_9' }))
    const error = await failure(pipeline(bench.adapter())(request))
    expect(error).toMatchObject({
      kind: 'auth',
      status: 401,
      retryable: false,
      providerRequestId: 'req_9',
      providerCode: 'invalid_api_key',
    })
    expect(error.message).toBe(
      'openai answered 401 (invalid_api_key): Incorrect API key provided: [redacted]. You can find yours at …',
    )
  })

  it.each<[number, object, Record<string, string>, object]>([
    [
      429,
      { code: 'insufficient_quota', message: 'You exceeded your current quota' },
      {},
      { kind: 'quota', retryable: false },
    ],
    [
      429,
      { code: 'rate_limit_exceeded', message: 'Please try again in 1.2s.' },
      {},
      { kind: 'rate-limit', retryAfterMs: 1_200 },
    ],
    [
      429,
      { code: 'rate_limit_exceeded', message: 'slow' },
      { 'retry-after-ms': '300' },
      { kind: 'rate-limit', retryAfterMs: 300 },
    ],
    [
      400,
      { code: 'context_length_exceeded', message: "This model's maximum context length is 8 tokens" },
      {},
      { kind: 'context-length' },
    ],
    [400, { code: 'content_policy_violation', message: 'no' }, {}, { kind: 'content-filter' }],
    [404, { code: 'model_not_found', message: 'no such model' }, {}, { kind: 'not-found' }],
    [503, { message: 'Slow Down' }, {}, { kind: 'overloaded', retryable: true }],
  ])('%s %j', async (...row) => {
    const [status, error, headers, expected] = row
    bench.server.answer(json(status, { error }, headers))
    expect(await failure(pipeline(bench.adapter()).complete(request))).toMatchObject({ status, ...expected })
  })

  it('an error within the stream throws in the loop, with what had come', async () => {
    bench.server.answer(
      streaming(
        sse(chunk({ content: 'Hel' }), {
          error: { message: 'The server is overloaded', code: 'server_overloaded', type: 'server_error' },
        }),
      ),
    )
    const reply = await pipeline(bench.adapter())(request)
    const error = await failure(reply.result())
    expect(error).toMatchObject({ kind: 'overloaded', retryable: true })
    expect(error.ending?.completion.text).toBe('Hel')
  })

  it('a stream without its finish is truncated; usage that had come is kept', async () => {
    bench.server.answer(streaming(sse(chunk({ content: 'Hel' }, null, { usage: USAGE }), '[DONE]')))
    const error = await failure((await pipeline(bench.adapter())(request)).result())
    expect(error).toMatchObject({ kind: 'truncated', retryable: true })
    expect(error.ending?.completion).toMatchObject({ text: 'Hel', usage: { outputTokens: 9 } })
  })

  it('a whole answer that is cut, and a page that is none', async () => {
    bench.server.answer((response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify(completion({ content: 'Hello' })).slice(0, 150))
    })
    expect(await failure(pipeline(bench.adapter()).complete(request))).toMatchObject({ kind: 'truncated' })
    bench.server.answer((response) => {
      response.writeHead(200, { 'content-type': 'text/html' })
      response.end('<html><title>Please log in</title></html>')
    })
    expect((await failure(pipeline(bench.adapter())(request))).message).toContain('an HTML page "Please log in"')
  })

  it('an event larger than maxEventBytes names the option', async () => {
    bench.server.answer(streaming(sse(chunk({ content: 'x'.repeat(5_000) }))))
    const error = await failure((await pipeline(bench.adapter({ maxEventBytes: 1_000 }))(request)).result())
    expect(error.message).toBe(
      'openai sent an event larger than maxEventBytes (1000); raise that option if such answers are meant',
    )
  })

  it('a key function that fails or gives nothing', async () => {
    const broken = pipeline(bench.adapter({ apiKey: () => Promise.reject(new Error('vault sealed')) }))
    expect(await failure(broken(request))).toMatchObject({
      kind: 'auth',
      message: 'openai: the function apiKey failed: Error',
    })
    await expect(pipeline(bench.adapter({ apiKey: () => '' }))(request)).rejects.toThrow(
      /option apiKey is a function that gave an empty string/,
    )
  })
})
