import { pipeline } from '@cepa/core'
import { describe, expect, it } from 'vitest'
import { json, refusal, streaming } from '../test/anthropic-server.ts'
import { desk, failure, request } from '../test/desk.ts'
import { message, messageEnd, messageStart, sse, startUsage, textBlock } from '../test/wire.ts'

const bench = desk()

describe('failures', () => {
  it('an HTTP error rejects, in the taxonomy, without the key', async () => {
    const error = { type: 'authentication_error', message: 'the key tenant-key-1 is invalid' }
    bench.server.answer(json(401, { type: 'error', error }, { 'request-id': 'req_9' }))
    const thrown = await failure(pipeline(bench.adapter())(request))
    expect(thrown).toMatchObject({
      kind: 'auth',
      status: 401,
      retryable: false,
      providerRequestId: 'req_9',
      providerCode: 'authentication_error',
    })
    expect(thrown.message).toBe('anthropic answered 401 (authentication_error): the key [redacted] is invalid')
  })

  it.each<[number, string, string, object]>([
    [400, 'invalid_request_error', 'max_tokens: Field required', { kind: 'invalid-request', retryable: false }],
    [400, 'invalid_request_error', 'prompt is too long: 210000 tokens > 200000 maximum', { kind: 'context-length' }],
    [
      400,
      'invalid_request_error',
      'input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000',
      { kind: 'context-length' },
    ],
    [400, 'invalid_request_error', 'Your credit balance is too low to access the API.', { kind: 'quota' }],
    [400, 'invalid_request_error', 'Output blocked by content filtering policy', { kind: 'content-filter' }],
    [402, 'billing_error', 'There is an issue with your billing', { kind: 'quota' }],
    [403, 'permission_error', 'no', { kind: 'permission' }],
    [404, 'not_found_error', 'model: claude-0', { kind: 'not-found' }],
    [413, 'request_too_large', 'Request exceeds the maximum size', { kind: 'invalid-request', retryable: false }],
    [429, 'rate_limit_error', 'This request would exceed your rate limit', { kind: 'rate-limit', retryable: true }],
    [500, 'api_error', 'Internal server error', { kind: 'server', retryable: true }],
    [504, 'timeout_error', 'Request timed out', { kind: 'timeout', retryable: true }],
    [529, 'overloaded_error', 'Overloaded', { kind: 'overloaded', retryable: true }],
    [429, 'overloaded_error', 'Overloaded', { kind: 'overloaded', retryable: true }],
  ])('%s %s: %s', async (...row) => {
    const [status, type, message, expected] = row
    bench.server.answer(refusal(status, { type, message }))
    expect(await failure(pipeline(bench.adapter()).complete(request))).toMatchObject({ status, ...expected })
  })

  it('a spend limit is an empty purse, no rate limit', async () => {
    const details = { error_code: 'enforced_spend_limit_reached' }
    bench.server.answer(refusal(429, { type: 'rate_limit_error', message: 'You have reached your limit', details }))
    expect(await failure(pipeline(bench.adapter())(request))).toMatchObject({
      kind: 'quota',
      retryable: false,
      providerCode: 'enforced_spend_limit_reached',
    })
  })

  it('says when to try again: retry-after, else the reset of the limit that is used up', async () => {
    const error = { type: 'error', error: { type: 'rate_limit_error', message: 'slow' } }
    bench.server.answer(json(429, error, { 'retry-after': '7' }))
    expect(await failure(pipeline(bench.adapter())(request))).toMatchObject({ retryAfterMs: 7_000 })
    const reset = new Date(Date.now() + 60_000).toISOString()
    bench.server.answer(
      json(429, error, {
        'anthropic-ratelimit-requests-remaining': '3',
        'anthropic-ratelimit-requests-reset': new Date(Date.now() + 900_000).toISOString(),
        'anthropic-ratelimit-tokens-remaining': '0',
        'anthropic-ratelimit-tokens-reset': reset,
      }),
    )
    const { retryAfterMs } = await failure(pipeline(bench.adapter())(request))
    expect(retryAfterMs).toBeGreaterThan(50_000)
    expect(retryAfterMs).toBeLessThanOrEqual(60_000)
  })

  it('an error within the stream throws in the loop, with what had come', async () => {
    const error = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }
    bench.server.answer(streaming(sse(messageStart(), ...textBlock(0, 'Hel'), error), { 'request-id': 'req_3' }))
    const thrown = await failure((await pipeline(bench.adapter())(request)).result())
    expect(thrown).toMatchObject({ kind: 'overloaded', retryable: true, providerRequestId: 'req_3' })
    expect(thrown.message).toBe('anthropic ended its answer with an error (overloaded_error): Overloaded')
    expect(thrown.ending?.completion).toMatchObject({ text: 'Hel', usage: startUsage })
  })

  it.each<[string, string]>([
    ['api_error', 'server'],
    ['timeout_error', 'timeout'],
    ['rate_limit_error', 'rate-limit'],
    ['invalid_request_error', 'invalid-request'],
    ['something_new', 'unknown'],
  ])('%s within a stream is %s', async (type, kind) => {
    bench.server.answer(streaming(sse(messageStart(), { type: 'error', error: { type, message: 'x' } } as never)))
    expect(await failure((await pipeline(bench.adapter())(request)).result())).toMatchObject({ kind })
  })

  it('a stream without its finish is truncated; usage that had come is kept', async () => {
    const [delta] = messageEnd('end_turn') as [{ type: string }]
    for (const end of [[], [delta]]) {
      bench.server.answer(streaming(sse(messageStart(), ...textBlock(0, 'Hel'), ...end)))
      const error = await failure((await pipeline(bench.adapter())(request)).result())
      expect(error).toMatchObject({ kind: 'truncated', retryable: true })
      expect(error.ending?.completion).toMatchObject({ text: 'Hel', usage: { inputTokens: 100 } })
    }
  })

  it('a whole answer that is cut, and a page that is none', async () => {
    bench.server.answer((response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify(message([{ type: 'text', text: 'Hello' }])).slice(0, 150))
    })
    expect(await failure(pipeline(bench.adapter()).complete(request))).toMatchObject({ kind: 'truncated' })
    bench.server.answer((response) => {
      response.writeHead(200, { 'content-type': 'text/html' })
      response.end('<html><title>Please log in</title></html>')
    })
    expect((await failure(pipeline(bench.adapter())(request))).message).toContain('an HTML page "Please log in"')
  })

  it('an event larger than maxEventBytes names the option', async () => {
    bench.server.answer(streaming(sse(messageStart(), ...textBlock(0, 'x'.repeat(5_000)))))
    const error = await failure((await pipeline(bench.adapter({ maxEventBytes: 1_000 }))(request)).result())
    expect(error.message).toContain('anthropic sent an event larger than maxEventBytes (1000)')
  })

  it('a key function that fails or gives nothing', async () => {
    const broken = pipeline(bench.adapter({ authToken: () => Promise.reject(new Error('vault sealed')) }))
    expect(await failure(broken(request))).toMatchObject({
      kind: 'auth',
      message: 'anthropic: the function authToken failed: Error',
    })
    await expect(pipeline(bench.adapter({ apiKey: () => '' }))(request)).rejects.toThrow(
      /option apiKey is a function that gave an empty string/,
    )
  })

  it('what the API cannot say fails before anything is sent', async () => {
    bench.server.answer()
    await expect(pipeline(bench.adapter())({ ...request, candidates: 2 })).rejects.toThrow(/option candidates is 2/)
    expect(bench.server.seen).toHaveLength(0)
  })
})
