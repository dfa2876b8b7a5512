import type { ServerResponse } from 'node:http'
import { type FactKey, fact, messageOf, middleware, pipeline, type Reply } from '@cepa/core'
import { describe, expect, it } from 'vitest'
import { desk, request, watch } from '../test/desk.ts'
import { chunk, completion, HELLO, json, sse, streaming, until } from '../test/openai-server.ts'

const bench = desk()

it('names its server, and the interface and the set-up that answered', async () => {
  const adapter = bench.adapter()
  const { hostname, port } = new URL(bench.server.baseUrl)
  expect(adapter.server).toEqual({ serverAddress: hostname, serverPort: Number(port) })
  const seen = watch()
  const chat = pipeline(adapter, seen.layer)
  bench.server.answer(json(200, completion({ content: 'a' }, 'stop', { system_fingerprint: 'fp_whole' })))
  await chat.complete(request)
  expect(seen.attempts[0]).toMatchObject({ apiType: 'chat_completions', systemFingerprint: 'fp_whole' })
  const more = { system_fingerprint: 'fp_stream' }
  bench.server.answer(streaming(sse(chunk({ content: 'a' }, null, more), chunk({}, 'stop', more), '[DONE]')))
  await (await chat(request)).result()
  expect(seen.attempts[0]).toMatchObject({ apiType: 'chat_completions', systemFingerprint: 'fp_stream' })
  bench.server.answer(streaming(HELLO))
  await (await chat(request)).result()
  expect(seen.attempts[0]).not.toHaveProperty('systemFingerprint')
})

describe('an answer', () => {
  it('streamed: events as they come, usage, and the attempt in full', async () => {
    bench.server.answer(
      streaming(HELLO, {
        'x-request-id': 'req_1',
        'x-ratelimit-remaining-tokens': '900',
        'x-ratelimit-reset-tokens': '6ms',
      }),
    )
    const seen = watch()
    const chat = pipeline(bench.adapter({ organization: 'org-1', headers: { 'x-team': 'a' } }), seen.layer)
    const reply = await chat(request, { headers: { 'x-tenant': 'acme' } })
    const types: string[] = []
    for await (const event of reply) types.push(event.type)
    expect(types).toEqual(['start', 'text', 'text', 'usage', 'end'])
    expect(await reply.result()).toMatchObject({
      text: 'Hello',
      id: 'chatcmpl-1',
      model: 'gpt-5-2026-01-01',
      finish: 'stop',
      usage: { inputTokens: 20, outputTokens: 9, cacheReadTokens: 8, reasoningTokens: 4, source: 'provider' },
    })
    const [sent] = bench.server.seen
    expect(sent).toMatchObject({
      path: '/v1/chat/completions',
      headers: {
        authorization: 'Bearer tenant-key-1',
        'openai-organization': 'org-1',
        'x-team': 'a',
        'x-tenant': 'acme',
      },
      body: {
        model: 'gpt-5',
        messages: [{ role: 'user', content: 'hi' }],
        stream: true,
        stream_options: { include_usage: true },
      },
    })
    expect(seen.attempts).toHaveLength(1)
    expect(seen.attempts[0]).toMatchObject({
      provider: 'openai',
      model: 'gpt-5',
      status: 200,
      providerRequestId: 'req_1',
      serverAddress: '127.0.0.1',
      bytesSent: JSON.stringify(sent?.body).length,
      bytesReceived: HELLO.length,
      wireBytesReceived: HELLO.length,
      rateLimit: { 'remaining-tokens': '900', 'reset-tokens': '6ms' },
      apiType: 'chat_completions',
      usage: { outputTokens: 9 },
      won: true,
    })
  })

  it('whole: asked for without a stream, the same events with one time', async () => {
    bench.server.answer(json(200, completion({ content: '{"city":"Bern"}' })))
    const chat = pipeline(bench.adapter())
    const answer = await chat.complete({
      ...request,
      responseFormat: { type: 'json', schema: { type: 'object' } },
      maxOutputTokens: 50,
    })
    expect(answer).toMatchObject({ text: '{"city":"Bern"}', finish: 'stop', usage: { serviceTier: 'default' } })
    expect(bench.server.seen[0]?.body).toMatchObject({
      max_completion_tokens: 50,
      response_format: { type: 'json_schema' },
    })
    expect(bench.server.seen[0]?.body).not.toHaveProperty('stream')
  })

  it('a conversation with a tool goes round', async () => {
    const call = {
      tool_calls: [
        { index: 0, id: 'c1', type: 'function', function: { name: 'weather', arguments: '{"city":"Bern"}' } },
      ],
    }
    bench.server.answer(
      streaming(sse(chunk(call), chunk({}, 'tool_calls'), '[DONE]')),
      json(200, completion({ content: 'sunny' })),
    )
    const chat = pipeline(bench.adapter())
    const first = await (await chat(request)).result()
    expect(first.toolCalls).toEqual([{ id: 'c1', name: 'weather', arguments: { city: 'Bern' } }])
    await chat.complete({
      ...request,
      messages: [
        ...request.messages,
        messageOf(first),
        { role: 'tool', content: [{ type: 'tool-result', id: 'c1', result: 'sun' }] },
      ],
    })
    expect(bench.server.seen[1]?.body.messages).toEqual([
      { role: 'user', content: 'hi' },
      {
        role: 'assistant',
        tool_calls: [{ id: 'c1', type: 'function', function: { name: 'weather', arguments: '{"city":"Bern"}' } }],
      },
      { role: 'tool', tool_call_id: 'c1', content: 'sun' },
    ])
  })

  it('candidates', async () => {
    const part = (index: number, delta: object, finish: string | null = null): object => ({
      ...chunk({}),
      choices: [{ index, delta, finish_reason: finish }],
    })
    bench.server.answer(
      streaming(
        sse(part(1, { content: 'b' }), part(0, { content: 'a' }), part(0, {}, 'stop'), part(1, {}, 'length'), '[DONE]'),
      ),
    )
    const answer = await (await pipeline(bench.adapter())({ ...request, candidates: 2 })).result()
    expect(answer.choices?.map(({ text, finish }) => [text, finish])).toEqual([
      ['a', 'stop'],
      ['b', 'length'],
    ])
  })

  it('a server that streams though it was not asked, or does not though it was, is read all the same', async () => {
    bench.server.answer(streaming(HELLO), json(200, completion({ content: 'Hello' })))
    const chat = pipeline(bench.adapter())
    expect((await chat.complete(request)).text).toBe('Hello')
    expect((await (await chat(request)).result()).text).toBe('Hello')
  })

  it('usage is unknown where the server gives none', async () => {
    bench.server.answer(streaming(sse(chunk({ content: 'a' }), chunk({}, 'stop'))))
    const answer = await (await pipeline(bench.adapter())(request)).result()
    expect(answer.finish).toBe('stop')
    expect(answer.usage).toBeUndefined()
  })

  it('a fact that names a header is sent', async () => {
    bench.server.answer(streaming(HELLO))
    const ticketFact: FactKey<string, 'ticket', 'in', true> = fact('ticket', 'in', { header: 'x-ticket' })
    const ticket = middleware({
      name: 'ticket',
      gives: [ticketFact],
      provide: (call) => call.give(ticketFact, 'T-7'),
    })
    await (await pipeline(bench.adapter(), ticket)(request)).result()
    expect(bench.server.seen[0]?.headers['x-ticket']).toBe('T-7')
  })
})

describe('leaving', () => {
  const endless = streamOpen(sse(chunk({ content: 'Hel' })))

  it('closes the connection at once, and the pass is abandoned', async () => {
    bench.server.answer(endless)
    const seen = watch()
    for await (const event of await pipeline(bench.adapter(), seen.layer)(request)) if (event.type === 'text') break
    await until(() => bench.server.seen[0]?.closed === true)
    expect(seen).toMatchObject({
      ending: 'abandoned',
      attempts: [{ ending: { kind: 'abandoned', completion: { text: 'Hel' } } }],
    })
  })

  it('by the signal while a pull waits, and before headers', async () => {
    bench.server.answer(endless)
    const controller = new AbortController()
    const seen = watch()
    const reply: Reply = await pipeline(bench.adapter(), seen.layer)(request, { signal: controller.signal })
    const result = reply.result().catch((error: Error) => error.name)
    await until(() => bench.server.seen.length === 1)
    controller.abort()
    expect(await result).toBe('AbortError')
    await until(() => bench.server.seen[0]?.closed === true)
    bench.server.answer(() => undefined)
    const early = new AbortController()
    const pending = pipeline(bench.adapter(), seen.layer)(request, { signal: early.signal })
    await until(() => bench.server.seen.length === 1)
    early.abort()
    await expect(pending).rejects.toMatchObject({ name: 'AbortError' })
    await until(() => bench.server.seen[0]?.closed === true)
  })

  it('close() lets the connections go', async () => {
    bench.server.answer(streaming(HELLO))
    const chat = pipeline(bench.adapter())
    await (await chat(request)).result()
    expect(bench.server.seen[0]?.closed).toBe(false)
    await chat.close()
    await until(() => bench.server.seen[0]?.closed === true)
  })
})

function streamOpen(text: string) {
  return (response: ServerResponse): void => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(text)
  }
}
