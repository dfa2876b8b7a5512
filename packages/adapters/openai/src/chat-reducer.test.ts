import { describe, expect, it } from 'vitest'
import { chunk, completion, HELLO, sse } from '../test/openai-server.ts'
import { read, readWhole, start, usage } from '../test/read-chat.ts'

describe('text', () => {
  it('streamed', () => {
    expect(read(HELLO)).toEqual({
      progress: 'closed',
      events: [
        start,
        { type: 'text', text: 'Hel' },
        { type: 'text', text: 'lo' },
        { type: 'usage', usage },
        { type: 'end', finish: 'stop', finishRaw: 'stop', usage },
      ],
    })
  })

  it('whole', () => {
    const tiered = { ...usage, serviceTier: 'default' }
    expect(readWhole(completion({ content: 'Hello' }))).toEqual({
      progress: 'finished',
      events: [
        start,
        { type: 'text', text: 'Hello' },
        { type: 'usage', usage: tiered },
        { type: 'end', finish: 'stop', finishRaw: 'stop', usage: tiered },
      ],
    })
  })

  it('in parts, with thinking', () => {
    const content = [
      { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
      { type: 'text', text: 'Hi' },
      { type: 'reference', reference_ids: [1] },
    ]
    expect(read(sse(chunk({ content }), chunk({}, 'stop'))).events.slice(1, 4)).toEqual([
      { type: 'reasoning', text: 'hm' },
      { type: 'text', text: 'Hi' },
      { type: 'raw', value: content[2] },
    ])
  })

  it.each(['reasoning_content', 'reasoning'])('reasoning as %s', (field) => {
    expect(read(sse(chunk({ [field]: 'hm' }), chunk({ content: 'Hi' }), chunk({}, 'stop'))).events.slice(1, 3)).toEqual(
      [
        { type: 'reasoning', text: 'hm' },
        { type: 'text', text: 'Hi' },
      ],
    )
  })

  it('a refusal is text, and the finish says so', () => {
    const streamed = read(sse(chunk({ refusal: 'I can' }), chunk({ refusal: 'not' }), chunk({}, 'stop')))
    expect(streamed.events.slice(1)).toEqual([
      { type: 'text', text: 'I can' },
      { type: 'text', text: 'not' },
      { type: 'end', finish: 'refusal', finishRaw: 'stop' },
    ])
    expect(readWhole(completion({ content: null, refusal: 'No' })).events.at(-1)).toMatchObject({ finish: 'refusal' })
  })
})

describe('candidates', () => {
  const part = (index: number, delta: object, finish: string | null = null): object => ({
    ...chunk({}),
    choices: [{ index, delta, finish_reason: finish }],
  })

  it('carry their index; the end has the finish of each, and waits for all', () => {
    const started = sse(part(0, { content: 'a' }), part(1, { content: 'b' }), part(1, {}, 'length'))
    expect(read(started, 2)).toMatchObject({ progress: 'open' })
    expect(read(sse(part(0, { content: 'a' }), part(0, {}, 'stop')), 2)).toMatchObject({ progress: 'open' })
    expect(read(started + sse(part(0, {}, 'stop')), 2).events.slice(1)).toEqual([
      { type: 'text', text: 'a', choice: 0 },
      { type: 'text', text: 'b', choice: 1 },
      {
        type: 'end',
        finish: 'stop',
        finishRaw: 'stop',
        finishes: [
          { finish: 'stop', finishRaw: 'stop' },
          { finish: 'length', finishRaw: 'length' },
        ],
      },
    ])
  })

  it('a server that gives fewer is believed when it is done', () => {
    expect(read(sse(part(0, { content: 'a' }), part(0, {}, 'stop'), '[DONE]'), 2)).toMatchObject({ progress: 'closed' })
    expect(readWhole(completion({ content: 'a' }), 2)).toMatchObject({ progress: 'finished' })
  })
})

describe('finishes', () => {
  it.each([
    ['stop', 'stop'],
    ['length', 'length'],
    ['tool_calls', 'tool-calls'],
    ['function_call', 'tool-calls'],
    ['content_filter', 'content-filter'],
    ['eos', 'stop'],
    ['something_new', 'other'],
  ])('%s → %s', (finishRaw, finish) => {
    expect(read(sse(chunk({ content: 'a' }), chunk({}, finishRaw))).events.at(-1)).toEqual({
      type: 'end',
      finish,
      finishRaw,
    })
  })

  it('without finish_reason there is none, [DONE] or not', () => {
    expect(read(sse(chunk({ content: 'a' }), '[DONE]'))).toMatchObject({ progress: 'open' })
    expect(read(sse('[DONE]'))).toMatchObject({ progress: 'open', events: [] })
    expect(readWhole(completion({ content: 'a' }, null as unknown as string))).toMatchObject({ progress: 'open' })
  })
})

describe('what else may come', () => {
  it('log probabilities, citations, images, sound', () => {
    const annotation = { type: 'url_citation', url_citation: { url: 'https://h', start_index: 0, end_index: 1 } }
    const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,aGk=' } }
    const logprobs = { content: [{ token: 'a', logprob: -0.1, top_logprobs: [] }] }
    const withLogs = { ...chunk({}), choices: [{ index: 0, delta: { content: 'a' }, logprobs, finish_reason: null }] }
    const audio = { id: 'audio_1', data: 'aGk=', transcript: 'said', expires_at: 9 }
    const { events } = read(
      sse(withLogs, chunk({ annotations: [annotation], images: [image], audio }), chunk({}, 'stop')),
    )
    expect(events.slice(1, -1)).toEqual([
      { type: 'text', text: 'a' },
      { type: 'raw', value: { logprobs } },
      { type: 'text', text: 'said' },
      { type: 'file', value: { type: 'audio', id: 'audio_1', base64: 'aGk=' } },
      { type: 'source', value: annotation },
      { type: 'file', value: image },
    ])
  })

  it('unknown fields are raw; those of the chunk only when they are new', () => {
    const more = { citations: ['https://h'] }
    const { events } = read(
      sse(
        chunk({ content: 'a', mood: 'good' }, null, more),
        chunk({ content: 'b' }, null, more),
        chunk({}, 'stop', { citations: [] }),
      ),
    )
    expect(events.filter((event) => (event as { type: string }).type === 'raw')).toEqual([
      { type: 'raw', value: { mood: 'good' } },
      { type: 'raw', value: { citations: ['https://h'] } },
    ])
  })

  it('chunks that say nothing yet, padding, running usage', () => {
    const filters = { id: '', object: '', model: '', choices: [], prompt_filter_results: [{}] }
    const { events } = read(
      sse(
        filters,
        chunk({ content: 'a', obfuscation: 'xyz' }, null, { usage: { prompt_tokens: 3 }, service_tier: 'priority' }),
        chunk({}, 'stop'),
      ),
    )
    const running = { inputTokens: 3, serviceTier: 'priority', source: 'provider' }
    expect(events).toEqual([
      start,
      { type: 'text', text: 'a' },
      { type: 'usage', usage: running },
      { type: 'end', finish: 'stop', finishRaw: 'stop', usage: running },
    ])
  })

  it('an error in the stream keeps what came before it', () => {
    const { events, error } = read(
      sse(chunk({ content: 'a' }), { error: { message: 'The server had an error', type: 'server_error' } }),
    )
    expect(events.slice(1)).toEqual([{ type: 'text', text: 'a' }])
    expect(error?.message).toContain('The server had an error')
  })

  it('events that are not known are raw, whatever their data; an event called error is one', () => {
    const ping = 'event: ping\ndata: still here\n\nevent: note\ndata: {"a":1}\n\ndata: {"type":"heartbeat"}\n\n'
    const { events } = read(`${ping}event: message\n${HELLO}`)
    expect(events.slice(0, 3)).toEqual([
      { type: 'raw', value: { event: 'ping', data: 'still here' } },
      { type: 'raw', value: { event: 'note', data: { a: 1 } } },
      { type: 'raw', value: { type: 'heartbeat' } },
    ])
    expect(events.at(-1)).toMatchObject({ type: 'end' })
    expect(read('event: error\ndata: {"message":"gone"}\n\n').error?.message).toContain('gone')
  })

  it('JSON that is no completion says what it is', () => {
    expect(readWhole({ status: 'ok' }).error).toMatchObject({
      kind: 'malformed',
      message: 'openai sent JSON that is no chat completion: {"status":"ok"}',
    })
  })
})
