import { type Attempt, type ChatRequest, pipeline } from '@cepa/core'
import { describe, expect, it, vi } from 'vitest'
import { desk, request, watch } from '../test/desk.ts'
import { HELLO, json, streaming } from '../test/openai-server.ts'
import type { OpenaiOptions } from './settings.ts'

const bench = desk()

describe('corrections, each an attempt of its own', () => {
  const refusal = (message: string, code = 'unknown_parameter') =>
    json(400, { error: { message, type: 'invalid_request_error', code } })

  const run = async (options: OpenaiOptions, change: Partial<ChatRequest> = {}): Promise<readonly Attempt[]> => {
    const seen = watch()
    const chat = pipeline(bench.adapter(options), seen.layer)
    await chat({ ...request, ...change })
      .then((reply) => reply.result())
      .catch(() => undefined)
    return seen.attempts
  }

  it('a server that refuses stream_options is asked without', async () => {
    bench.server.answer(refusal('Unrecognized request argument supplied: stream_options'), streaming(HELLO))
    const attempts = await run({})
    expect(bench.server.seen.map(({ body }) => body.stream_options)).toEqual([{ include_usage: true }, undefined])
    expect(attempts).toMatchObject([
      { status: 400, ending: { kind: 'failed', error: { kind: 'invalid-request' } }, won: false },
      { status: 200, reason: 'without stream_options', won: true },
    ])
  })

  it('… but not where the caller chose it', async () => {
    bench.server.answer(refusal('Unknown parameter: stream_options'))
    expect(await run({}, { providerOptions: { stream_options: { include_usage: true } } })).toHaveLength(1)
  })

  it('an older server is told max_tokens', async () => {
    bench.server.answer(
      refusal("Unsupported parameter: 'max_completion_tokens' is not supported with this model."),
      streaming(HELLO),
    )
    expect((await run({}, { maxOutputTokens: 9 })).map(({ reason }) => reason)).toEqual([undefined, 'with max_tokens'])
    expect(bench.server.seen[1]?.body).toMatchObject({ max_tokens: 9 })
    expect(bench.server.seen[1]?.body).not.toHaveProperty('max_completion_tokens')
  })

  it('a value that is wrong is not a field that is refused', async () => {
    bench.server.answer(
      refusal('max_completion_tokens is too large: 9. This model supports at most 4', 'invalid_value'),
    )
    expect(await run({}, { maxOutputTokens: 9 })).toHaveLength(1)
  })

  const denied = json(401, { error: { message: 'Incorrect API key provided: tenant-key-1', code: 'invalid_api_key' } })

  it('a key function is asked at every attempt, and once more when its key is refused', async () => {
    bench.server.answer(denied, streaming(HELLO), streaming(HELLO))
    const keys = ['tenant-key-1', 'tenant-key-2', 'tenant-key-3']
    const apiKey = vi.fn(async () => keys.shift() as string)
    const attempts = await run({ apiKey })
    expect(attempts.map(({ reason, status }) => [reason, status])).toEqual([
      [undefined, 401],
      ['new key', 200],
    ])
    expect(bench.server.seen.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer tenant-key-1',
      'Bearer tenant-key-2',
    ])
    await run({ apiKey })
    expect(apiKey).toHaveBeenCalledTimes(3)
  })

  it('at most once, and not with the same key, nor with a fixed one', async () => {
    bench.server.answer(denied)
    let count = 0
    expect(await run({ apiKey: () => `key-number-${count++}` })).toHaveLength(2)
    expect(await run({ apiKey: () => 'tenant-key-1' })).toHaveLength(1)
    expect(await run({ apiKey: 'tenant-key-1' })).toHaveLength(1)
  })

  it('both may be needed in one call', async () => {
    let count = 0
    bench.server.answer(denied, refusal('Unknown parameter: stream_options'), streaming(HELLO))
    const attempts = await run({ apiKey: () => `key-number-${count++}` })
    expect(attempts.map(({ reason }) => reason)).toEqual([undefined, 'new key', 'without stream_options'])
  })
})
