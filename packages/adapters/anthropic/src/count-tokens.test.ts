import { describe, expect, it } from 'vitest'
import { json, refusal, until } from '../test/anthropic-server.ts'
import { desk, failure, request } from '../test/desk.ts'

const bench = desk()

describe('countTokens', () => {
  it('asks for the tokens of what the request would send, and sends nothing else', async () => {
    bench.server.answer(json(200, { input_tokens: 2_095 }))
    const asked = {
      ...request,
      tools: [{ name: 'f', parameters: { type: 'object' } }],
      reasoning: { maxTokens: 2_000 },
      stop: ['#'],
      providerOptions: { cache_control: { type: 'ephemeral' }, metadata: { user_id: 'u' } },
    }
    expect(await bench.adapter({ beta: ['b'] }).countTokens(asked, { headers: { 'x-tenant': 'acme' } })).toBe(2_095)
    expect(bench.server.seen).toMatchObject([
      {
        path: '/v1/messages/count_tokens',
        headers: {
          'x-api-key': 'tenant-key-1',
          'anthropic-version': '2026-10-21',
          'anthropic-beta': 'b',
          'x-tenant': 'acme',
        },
      },
    ])
    expect(bench.server.seen[0]?.body).toEqual({
      model: 'claude-opus-5-5',
      messages: [{ role: 'user', content: 'hi' }],
      tools: [{ name: 'f', input_schema: { type: 'object' } }],
      thinking: { type: 'enabled', budget_tokens: 2_000 },
      cache_control: { type: 'ephemeral' },
    })
  })

  it('fails as calls do, asks for a new key, and ends by its signal', async () => {
    bench.server.answer(refusal(404, { type: 'not_found_error', message: 'model: claude-0' }))
    expect(await failure(bench.adapter().countTokens(request))).toMatchObject({ kind: 'not-found', status: 404 })
    bench.server.answer(json(200, { tokens: 5 }))
    expect(await failure(bench.adapter().countTokens(request))).toMatchObject({ kind: 'malformed' })
    bench.server.answer(
      refusal(401, { type: 'authentication_error', message: 'expired' }),
      json(200, { input_tokens: 3 }),
    )
    const keys = ['tenant-key-1', 'tenant-key-2']
    expect(await bench.adapter({ apiKey: () => keys.shift() as string }).countTokens(request)).toBe(3)
    bench.server.answer(() => undefined)
    const controller = new AbortController()
    const pending = bench.adapter().countTokens(request, { signal: controller.signal })
    await until(() => bench.server.seen.length === 1)
    controller.abort(new Error('enough'))
    await expect(pending).rejects.toThrow('enough')
    await until(() => bench.server.seen[0]?.closed === true)
  })
})
