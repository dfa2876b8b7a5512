import { afterEach, expect, test } from 'vitest'
import { ask, deltas, frames } from '../../test/ask.ts'
import { virtualClock } from '../virtual-clock.ts'
import { anthropicWire } from '../wires/index.ts'
import { type FakeServer, fakeServer } from './fake-server.ts'

let server: FakeServer

afterEach(() => server.close())

test('streams Chat Completions, word by word, and ends with [DONE]', async () => {
  server = await fakeServer('Hello, wide world')
  const text = await (await ask(server)).text()
  expect(deltas(text)).toBe('Hello, wide world')
  expect(text.endsWith('data: [DONE]\n\n')).toBe(true)
  expect(frames(text).at(-1)).toMatchObject({ choices: [{ finish_reason: 'stop', delta: {} }] })
  await server.quiet()
  expect(server.last).toMatchObject({
    outcome: 'ended',
    mode: 'stream',
    operation: 'chat',
    status: 200,
    bytesWritten: text.length,
    charged: { inputTokens: 2, outputTokens: 3 },
  })
})

test('tells usage only to those who ask', async () => {
  server = await fakeServer([{ text: 'a' }, { usage: { inputTokens: 9, outputTokens: 4, cacheReadTokens: 3 } }])
  const asked = await (await ask(server, { stream_options: { include_usage: true } })).text()
  expect(frames(asked).at(-1)).toMatchObject({
    choices: [],
    usage: { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13, prompt_tokens_details: { cached_tokens: 3 } },
  })
  expect(await (await ask(server)).text()).not.toContain('usage')
})

test('gives whole answers with tool calls', async () => {
  server = await fakeServer([{ text: 'Let me see.' }, { toolCall: { name: 'sum', arguments: { a: 1 } } }])
  const whole = await (await ask(server, { stream: false })).json()
  expect(whole).toMatchObject({
    id: 'answer-1',
    model: 'm',
    choices: [
      {
        finish_reason: 'tool_calls',
        message: {
          content: 'Let me see.',
          tool_calls: [{ id: 'call-1', type: 'function', function: { name: 'sum', arguments: '{"a":1}' } }],
        },
      },
    ],
    usage: { prompt_tokens: 2, completion_tokens: 2 },
  })
})

test('embeds', async () => {
  server = await fakeServer()
  const response = await fetch(`${server.url}/embeddings`, {
    method: 'POST',
    body: JSON.stringify({ model: 'e', input: ['ab', 'c'] }),
  })
  expect(await response.json()).toMatchObject({ data: [{ embedding: [2, 0, 1] }, { embedding: [1, 1, 1], index: 1 }] })
})

test('refuses with status, headers and words of the wire', async () => {
  server = await fakeServer({ failure: { kind: 'rate-limit', retryAfterMs: 2000, headers: { 'x-extra': 'yes' } } })
  const response = await ask(server)
  expect(response.status).toBe(429)
  expect(response.headers.get('retry-after')).toBe('2')
  expect(response.headers.get('x-extra')).toBe('yes')
  expect(response.headers.get('x-request-id')).toBe('request-1')
  expect(await response.json()).toMatchObject({ error: { code: 'rate_limit_exceeded' } })
  await server.quiet()
  expect(server.last).toMatchObject({ outcome: 'failed', charged: { inputTokens: 0, outputTokens: 0 } })
})

test('fails inside a 200 answer after what came before', async () => {
  server = await fakeServer([{ text: 'one' }, { error: { kind: 'server', message: 'broken' } }])
  const response = await ask(server)
  const text = await response.text()
  expect(response.status).toBe(200)
  expect(deltas(text.split('\n\n').slice(0, 2).join('\n\n'))).toBe('one')
  expect(text).toContain('"message":"broken"')
  expect(text).not.toContain('[DONE]')
})

test('waits on a given clock, before headers and between steps', async () => {
  const clock = virtualClock()
  server = await fakeServer({ headersMs: 100, steps: [{ text: 'a' }, { waitMs: 50 }, { text: 'b' }] }, { clock })
  const response = ask(server)
  await server.request(0)
  expect(clock.pending).toHaveLength(1)
  await clock.advance(100)
  const text = (await response).text()
  await clock.runUntil(server.last.settled)
  expect(deltas(await text)).toBe('ab')
  expect(server.last).toMatchObject({ startedAt: 0, headersAt: 100, endedAt: 150 })
})

test('a client that leaves before the headers cancels the wait', async () => {
  const clock = virtualClock()
  server = await fakeServer({ headersMs: 100 }, { clock })
  const left = new AbortController()
  const response = ask(server, {}, { signal: left.signal })
  const entry = await server.request(0)
  left.abort()
  await expect(response).rejects.toThrow()
  await entry.settled
  expect(entry.outcome).toBe('closed')
  expect(clock.pending).toEqual([])
})

test('a script that the wire cannot say is told, not swallowed', async () => {
  server = await fakeServer([{ file: 'x' }])
  const response = await ask(server, { stream: false })
  expect(await response.text()).toContain('the openai wire has no words for the step ["file"]')
})

test('sees headers and body, counts connections, and close leaves nothing', async () => {
  server = await fakeServer()
  await (await ask(server, { seed: 7 }, { headers: { authorization: 'Bearer x' } })).text()
  await (await ask(server, { seed: 7 })).text()
  expect(server.last.body).toMatchObject({ seed: 7 })
  expect(server.ledger[0]?.headers).toMatchObject({ authorization: 'Bearer x' })
  expect(server.last.bytesReceived).toBe(JSON.stringify(server.last.body).length)
  expect(server.openSockets).toBeGreaterThan(0)
  expect(server.openSockets).toBe(server.connections)
  await server.close()
  expect(server.openSockets).toBe(0)
})

test('speaks Anthropic Messages', async () => {
  server = await fakeServer(
    [
      { reasoning: 'Hm', signature: 'sig' },
      { text: 'a' },
      { text: 'b' },
      { toolCall: { name: 'sum', arguments: { a: 1 }, pieces: 3 } },
      { usage: { inputTokens: 10, outputTokens: 5, cacheReadTokens: 4, cacheWriteTokens: 2 } },
    ],
    { wire: anthropicWire },
  )
  const post = (stream: boolean) =>
    fetch(`${server.url}/v1/messages`, { method: 'POST', body: JSON.stringify({ model: 'm', stream, messages: [] }) })
  const text = await (await post(true)).text()
  const events = text
    .split('\n\n')
    .filter(Boolean)
    .map((frame) => JSON.parse(frame.split('\n')[1]?.slice(6) ?? ''))
  expect(events.map(({ type }) => type)).toEqual([
    'message_start',
    'ping',
    'content_block_start',
    'content_block_delta',
    'content_block_delta',
    'content_block_stop',
    'content_block_start',
    'content_block_delta',
    'content_block_delta',
    'content_block_stop',
    'content_block_start',
    'content_block_delta',
    'content_block_delta',
    'content_block_delta',
    'content_block_stop',
    'message_delta',
    'message_stop',
  ])
  expect(events[0].message.usage).toMatchObject({
    input_tokens: 4,
    cache_read_input_tokens: 4,
    cache_creation_input_tokens: 2,
  })
  expect(events.at(-2)).toMatchObject({ delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 5 } })
  expect(await (await post(false)).json()).toMatchObject({
    content: [
      { type: 'thinking', thinking: 'Hm', signature: 'sig' },
      { type: 'text', text: 'ab' },
      { type: 'tool_use', id: 'call-1', name: 'sum', input: { a: 1 } },
    ],
    stop_reason: 'tool_use',
    usage: { input_tokens: 4, output_tokens: 5 },
  })
})
