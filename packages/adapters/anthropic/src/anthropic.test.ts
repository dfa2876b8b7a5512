import { type FactKey, fact, messageOf, middleware, pipeline } from '@cepa/core'
import { describe, expect, it } from 'vitest'
import { endless, json, streaming, until } from '../test/anthropic-server.ts'
import { desk, request, watch } from '../test/desk.ts'
import { block, endUsage, HELLO, message, messageEnd, messageStart, sse, startUsage, textBlock } from '../test/wire.ts'

const bench = desk()

describe('an answer', () => {
  it('streamed: events as they come, usage, and the attempt in full', async () => {
    bench.server.answer(
      streaming(HELLO, {
        'request-id': 'req_1',
        'anthropic-ratelimit-input-tokens-remaining': '900',
        'anthropic-ratelimit-input-tokens-reset': '2026-11-22T10:00:00Z',
      }),
    )
    const seen = watch()
    const chat = pipeline(bench.adapter({ headers: { 'x-team': 'a' }, beta: ['one-2026-01-01'] }), seen.layer)
    const asked = { ...request, providerOptions: { betas: ['two-2026-01-01', 'one-2026-01-01'] } }
    const reply = await chat(asked, { headers: { 'x-tenant': 'acme' } })
    const types: string[] = []
    for await (const event of reply) types.push(event.type)
    expect(types).toEqual(['start', 'usage', 'text', 'text', 'usage', 'end'])
    expect(await reply.result()).toMatchObject({
      text: 'Hello',
      id: 'msg_1',
      model: 'claude-opus-5-5',
      finish: 'stop',
      finishRaw: 'end_turn',
      usage: endUsage,
    })
    const [sent] = bench.server.seen
    expect(sent).toMatchObject({
      path: '/v1/messages',
      headers: {
        'x-api-key': 'tenant-key-1',
        'anthropic-version': '2026-10-21',
        'anthropic-beta': 'one-2026-01-01,two-2026-01-01',
        'x-team': 'a',
        'x-tenant': 'acme',
      },
    })
    expect(sent?.headers).not.toHaveProperty('authorization')
    expect(sent?.body).toEqual({
      model: 'claude-opus-5-5',
      max_tokens: 32_000,
      messages: [{ role: 'user', content: 'hi' }],
      stream: true,
    })
    expect(seen.attempts).toMatchObject([
      {
        provider: 'anthropic',
        model: 'claude-opus-5-5',
        status: 200,
        providerRequestId: 'req_1',
        serverAddress: '127.0.0.1',
        bytesSent: JSON.stringify(sent?.body).length,
        bytesReceived: HELLO.length,
        wireBytesReceived: HELLO.length,
        rateLimit: { 'input-tokens-remaining': '900', 'input-tokens-reset': '2026-11-22T10:00:00Z' },
        usage: endUsage,
        won: true,
      },
    ])
  })

  it('whole: asked for without a stream', async () => {
    bench.server.answer(json(200, message([{ type: 'text', text: '{"city":"Bern"}', citations: null }])))
    const schema = { type: 'object', properties: { city: { type: 'string' } } }
    const answer = await pipeline(bench.adapter({ maxOutputTokens: 500 })).complete({
      ...request,
      responseFormat: { type: 'json', schema },
    })
    expect(answer).toMatchObject({ text: '{"city":"Bern"}', finish: 'stop', usage: endUsage })
    const [sent] = bench.server.seen
    expect(sent?.body).toMatchObject({
      max_tokens: 500,
      output_config: { format: { type: 'json_schema', schema: { ...schema, additionalProperties: false } } },
    })
    expect(sent?.body).not.toHaveProperty('stream')
  })

  it('a conversation with thinking and a tool goes round', async () => {
    const thinking = block(
      0,
      { type: 'thinking', thinking: '', signature: '' },
      { type: 'thinking_delta', thinking: 'Ask the tool' },
      { type: 'signature_delta', signature: 'sig-1' },
    )
    const redacted = block(1, { type: 'redacted_thinking', data: 'encrypted' })
    const tool = block(
      2,
      { type: 'tool_use', id: 'toolu_1', name: 'weather', input: {} },
      { type: 'input_json_delta', partial_json: '{"city":"Bern"}' },
    )
    bench.server.answer(
      streaming(sse(messageStart(), ...thinking, ...redacted, ...tool, ...messageEnd('tool_use'))),
      json(200, message([{ type: 'text', text: 'sunny', citations: null }])),
    )
    const chat = pipeline(bench.adapter())
    const first = await (await chat({ ...request, reasoning: { effort: 'high' } })).result()
    expect(first).toMatchObject({
      finish: 'tool-calls',
      reasoning: 'Ask the tool',
      toolCalls: [{ id: 'toolu_1', name: 'weather', arguments: { city: 'Bern' } }],
    })
    await chat.complete({
      ...request,
      messages: [
        ...request.messages,
        messageOf(first),
        { role: 'tool', content: [{ type: 'tool-result', id: 'toolu_1', result: 'sun' }] },
      ],
    })
    expect(bench.server.seen[1]?.body.messages).toEqual([
      { role: 'user', content: 'hi' },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'Ask the tool', signature: 'sig-1' },
          { type: 'redacted_thinking', data: 'encrypted' },
          { type: 'tool_use', id: 'toolu_1', name: 'weather', input: { city: 'Bern' } },
        ],
      },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'sun' }] },
    ])
  })

  it('a server that streams though it was not asked, or does not though it was, is read all the same', async () => {
    bench.server.answer(streaming(HELLO), json(200, message([{ type: 'text', text: 'Hello' }])))
    const chat = pipeline(bench.adapter())
    expect((await chat.complete(request)).text).toBe('Hello')
    expect((await (await chat(request)).result()).text).toBe('Hello')
  })

  it('usage is unknown where the server gives none', async () => {
    const { message: told } = messageStart({ usage: null })
    const [delta, stop] = messageEnd('end_turn') as [{ type: string }, { type: string }]
    bench.server.answer(
      streaming(
        sse({ type: 'message_start', message: told } as { type: string }, { ...delta, usage: null } as never, stop),
      ),
    )
    const answer = await (await pipeline(bench.adapter())(request)).result()
    expect(answer.finish).toBe('stop')
    expect(answer.usage).toBeUndefined()
  })

  it('a bearer token in place of a key', async () => {
    bench.server.answer(streaming(HELLO))
    await (await pipeline(bench.adapter({ authToken: 'tenant-token-1' }))(request)).result()
    expect(bench.server.seen[0]?.headers.authorization).toBe('Bearer tenant-token-1')
    expect(bench.server.seen[0]?.headers).not.toHaveProperty('x-api-key')
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

  it('embeddings are not offered', async () => {
    await expect(pipeline(bench.adapter()).embed({ model: 'm', input: ['a'] })).rejects.toThrow(/embed/)
  })
})

describe('the version of the API', () => {
  const version = async (change: object, options: object = {}): Promise<unknown> => {
    bench.server.answer(streaming(HELLO))
    await (await pipeline(bench.adapter(options))({ ...request, ...change })).result()
    return bench.server.seen[0]?.headers['anthropic-version']
  }

  it('is the newest, but the last that samples for requests that ask for it', async () => {
    expect(await version({})).toBe('2026-10-21')
    expect(await version({ temperature: 0 })).toBe('2023-06-01')
    expect(await version({ topP: 0.5 })).toBe('2023-06-01')
    expect(await version({ topK: 5 })).toBe('2023-06-01')
    expect(await version({ providerOptions: { top_k: 5 } })).toBe('2023-06-01')
  })

  it('or the one that was given', async () => {
    expect(await version({ temperature: 0 }, { version: '2026-10-21' })).toBe('2026-10-21')
  })
})

describe('leaving', () => {
  const begun = endless(sse(messageStart(), ...textBlock(0, 'Hel').slice(0, 2)))

  it('closes the connection at once; what the start told of usage is kept', async () => {
    bench.server.answer(begun)
    const seen = watch()
    for await (const event of await pipeline(bench.adapter(), seen.layer)(request)) if (event.type === 'text') break
    await until(() => bench.server.seen[0]?.closed === true)
    expect(seen).toMatchObject({
      ending: 'abandoned',
      attempts: [{ usage: startUsage, ending: { kind: 'abandoned', completion: { text: 'Hel', usage: startUsage } } }],
    })
  })

  it('by the signal while a pull waits: the usage is kept', async () => {
    bench.server.answer(begun)
    const controller = new AbortController()
    const seen = watch()
    const reply = await pipeline(bench.adapter(), seen.layer)(request, { signal: controller.signal })
    const iterator = reply[Symbol.asyncIterator]()
    while ((await iterator.next()).value?.type !== 'text');
    const pending = iterator.next()
    controller.abort()
    await expect(pending).rejects.toMatchObject({ name: 'AbortError', ending: { completion: { usage: startUsage } } })
    await until(() => bench.server.seen[0]?.closed === true)
    expect(seen).toMatchObject({ ending: 'aborted', attempts: [{ usage: startUsage }] })
  })

  it('before headers', async () => {
    bench.server.answer(() => undefined)
    const controller = new AbortController()
    const pending = pipeline(bench.adapter())(request, { signal: controller.signal })
    await until(() => bench.server.seen.length === 1)
    controller.abort()
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
