import { type Attempt, type ChatRequest, pipeline } from '@cepa/core'
import { describe, expect, it, vi } from 'vitest'
import { refusal, streaming } from '../test/anthropic-server.ts'
import { desk, request, watch } from '../test/desk.ts'
import { HELLO } from '../test/wire.ts'
import type { AnthropicOptions } from './settings.ts'

const bench = desk()

describe('corrections, each an attempt of its own', () => {
  const invalid = (message: string) => refusal(400, { type: 'invalid_request_error', message })

  const run = async (options: AnthropicOptions, change: Partial<ChatRequest> = {}): Promise<readonly Attempt[]> => {
    const seen = watch()
    const chat = pipeline(bench.adapter(options), seen.layer)
    await chat({ ...request, ...change })
      .then((reply) => reply.result())
      .catch(() => undefined)
    return seen.attempts
  }

  const tooMany = invalid('max_tokens: 32000 > 8192, which is the maximum allowed number of output tokens for claude-0')

  it('a model with a lower limit than the default is asked with its own', async () => {
    bench.server.answer(tooMany, streaming(HELLO))
    expect(await run({})).toMatchObject([
      { status: 400, ending: { kind: 'failed', error: { kind: 'invalid-request' } }, won: false },
      { status: 200, reason: "with the model's max_tokens", won: true },
    ])
    expect(bench.server.seen.map(({ body }) => body.max_tokens)).toEqual([32_000, 8_192])
  })

  it('… but not where the caller chose the limit', async () => {
    bench.server.answer(tooMany)
    expect(await run({}, { maxOutputTokens: 32_000 })).toHaveLength(1)
    expect(await run({}, { providerOptions: { max_tokens: 32_000 } })).toHaveLength(1)
  })

  it('a model that cannot think adaptively is asked by effort alone', async () => {
    bench.server.answer(invalid('adaptive thinking is not supported on this model'), streaming(HELLO))
    const attempts = await run({}, { reasoning: { effort: 'high' } })
    expect(attempts.map(({ reason }) => reason)).toEqual([undefined, 'without adaptive thinking'])
    expect(bench.server.seen.map(({ body }) => [body.thinking, body.output_config])).toEqual([
      [{ type: 'adaptive' }, { effort: 'high' }],
      [undefined, { effort: 'high' }],
    ])
  })

  it('… but not where the caller chose that, nor for a budget', async () => {
    bench.server.answer(invalid('adaptive thinking is not supported on this model'))
    expect(await run({}, { providerOptions: { thinking: { type: 'adaptive' } } })).toHaveLength(1)
    bench.server.answer(invalid('"thinking.type.enabled" is not supported. Use "thinking.type.adaptive"'))
    expect(await run({}, { reasoning: { maxTokens: 2_000 } })).toHaveLength(1)
  })

  it('both may be needed in one call', async () => {
    bench.server.answer(tooMany, invalid('thinking: adaptive is not supported'), streaming(HELLO))
    expect(await run({}, { reasoning: { effort: 'low' } })).toHaveLength(3)
    expect(bench.server.seen[2]?.body).toMatchObject({ max_tokens: 8_192 })
    expect(bench.server.seen[2]?.body).not.toHaveProperty('thinking')
  })

  const denied = refusal(401, { type: 'authentication_error', message: 'invalid x-api-key' })

  it.each<['apiKey' | 'authToken', string, string]>([
    ['apiKey', 'x-api-key', ''],
    ['authToken', 'authorization', 'Bearer '],
  ])('%s as a function is asked at every attempt, and once more when it is refused', async (option, header, before) => {
    bench.server.answer(denied, streaming(HELLO), streaming(HELLO))
    const keys = ['tenant-key-1', 'tenant-key-2', 'tenant-key-3']
    const source = vi.fn(async () => keys.shift() as string)
    const attempts = await run({ [option]: source })
    expect(attempts.map(({ reason, status }) => [reason, status])).toEqual([
      [undefined, 401],
      ['new key', 200],
    ])
    expect(bench.server.seen.map(({ headers }) => headers[header])).toEqual([
      `${before}tenant-key-1`,
      `${before}tenant-key-2`,
    ])
    await run({ [option]: source })
    expect(source).toHaveBeenCalledTimes(3)
  })

  it('at most once, and not with the same key, nor with a fixed one', async () => {
    bench.server.answer(denied)
    let count = 0
    expect(await run({ apiKey: () => `key-number-${count++}` })).toHaveLength(2)
    expect(await run({ apiKey: () => 'tenant-key-1' })).toHaveLength(1)
    expect(await run({ apiKey: 'tenant-key-1' })).toHaveLength(1)
  })
})
