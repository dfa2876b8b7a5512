import { describe, expect, it } from 'vitest'
import { contentOf, read, readWhole } from '../../test/read-messages.ts'
import {
  block,
  endUsage,
  HELLO,
  message,
  messageEnd,
  messageStart,
  sse,
  start,
  startUsage,
  textBlock,
} from '../../test/wire.ts'

/** A stream of one message with these events in it. */
const streamed = (events: readonly { readonly type: string }[], stopReason = 'end_turn'): string =>
  sse(messageStart(), ...events, ...messageEnd(stopReason))

describe('text', () => {
  it('streamed: usage runs from the start', () => {
    expect(read(HELLO)).toEqual({
      progress: 'closed',
      events: [
        start,
        { type: 'usage', usage: startUsage },
        { type: 'text', text: 'Hel' },
        { type: 'text', text: 'lo' },
        { type: 'usage', usage: endUsage },
        { type: 'end', finish: 'stop', finishRaw: 'end_turn', usage: endUsage },
      ],
    })
  })

  it('whole', () => {
    expect(readWhole(message([{ type: 'text', text: 'Hello', citations: null }]))).toEqual({
      progress: 'closed',
      events: [
        start,
        { type: 'usage', usage: endUsage },
        { type: 'text', text: 'Hello' },
        { type: 'end', finish: 'stop', finishRaw: 'end_turn', usage: endUsage },
      ],
    })
  })

  it('with citations, each a source', () => {
    const cited = {
      type: 'char_location',
      cited_text: 'Onions',
      document_index: 0,
      start_char_index: 0,
      end_char_index: 6,
    }
    const found = {
      type: 'web_search_result_location',
      url: 'https://h',
      title: 'H',
      cited_text: 'x',
      encrypted_index: 'e',
    }
    const text = { type: 'text', text: '', citations: [] }
    const deltas = [
      { type: 'text_delta', text: 'Onions' },
      { type: 'citations_delta', citation: cited },
      { type: 'citations_delta', citation: found },
    ]
    const expected = [
      { type: 'text', text: 'Onions' },
      { type: 'source', value: cited },
      { type: 'source', value: found },
    ]
    expect(contentOf(read(streamed(block(0, text, ...deltas))))).toEqual(expected)
    const whole = readWhole(message([{ type: 'text', text: 'Onions', citations: [cited, found] }]))
    expect(whole.events.slice(2, -1)).toEqual(expected)
  })
})

describe('thinking', () => {
  const thinking = { type: 'thinking', thinking: '', signature: '' }

  it('comes in pieces, with its signature at the end of the block', () => {
    const deltas = [
      { type: 'thinking_delta', thinking: 'Let me' },
      { type: 'thinking_delta', thinking: ' see' },
      { type: 'signature_delta', signature: 'sig-1' },
    ]
    expect(contentOf(read(streamed([...block(0, thinking, ...deltas), ...textBlock(1, 'Yes')])))).toEqual([
      { type: 'reasoning', text: 'Let me' },
      { type: 'reasoning', text: ' see' },
      { type: 'reasoning', text: '', signature: 'sig-1' },
      { type: 'text', text: 'Yes' },
    ])
  })

  it('whose text is withheld has its signature alone', () => {
    const deltas = [
      { type: 'thinking_delta', thinking: '', estimated_tokens: 50 },
      { type: 'signature_delta', signature: 'sig-1' },
    ]
    expect(contentOf(read(streamed(block(0, thinking, ...deltas))))).toEqual([
      { type: 'reasoning', text: '', signature: 'sig-1' },
    ])
  })

  it('redacted, and whole', () => {
    const redacted = { type: 'redacted_thinking', data: 'encrypted' }
    expect(contentOf(read(streamed(block(0, redacted))))).toEqual([
      { type: 'reasoning', text: '', redacted: 'encrypted' },
    ])
    const whole = readWhole(message([{ type: 'thinking', thinking: 'hm', signature: 'sig-1' }, redacted]))
    expect(whole.events.slice(2, -1)).toEqual([
      { type: 'reasoning', text: 'hm' },
      { type: 'reasoning', text: '', signature: 'sig-1' },
      { type: 'reasoning', text: '', redacted: 'encrypted' },
    ])
  })
})

describe('tool use', () => {
  const tool = (id: string, more: object = {}): object => ({
    type: 'tool_use',
    id,
    name: 'weather',
    input: {},
    ...more,
  })
  const piece = (text: string): object => ({ type: 'input_json_delta', partial_json: text })

  it('in parallel, each in pieces of JSON', () => {
    const events = [
      ...block(0, tool('a'), piece(''), piece('{"city":'), piece(' "Bern"}')),
      ...block(1, tool('b'), piece('{"city": "Graz"}')),
    ]
    expect(contentOf(read(streamed(events, 'tool_use')))).toEqual([
      { type: 'tool-call-start', id: 'a', name: 'weather' },
      { type: 'tool-call-delta', id: 'a', argumentsText: '{"city":' },
      { type: 'tool-call-delta', id: 'a', argumentsText: ' "Bern"}' },
      { type: 'tool-call', id: 'a', name: 'weather', arguments: { city: 'Bern' } },
      { type: 'tool-call-start', id: 'b', name: 'weather' },
      { type: 'tool-call-delta', id: 'b', argumentsText: '{"city": "Graz"}' },
      { type: 'tool-call', id: 'b', name: 'weather', arguments: { city: 'Graz' } },
    ])
  })

  it('interleaved, by the index of each', () => {
    const [startA, deltaA, stopA] = block(0, tool('a'), piece('{"n":1}'))
    const [startB, deltaB, stopB] = block(1, tool('b'), piece('{"n":2}'))
    const events = [startA, startB, deltaB, deltaA, stopB, stopA].filter((event) => event !== undefined)
    const calls = contentOf(read(streamed(events, 'tool_use'))).filter((event) => 'arguments' in event)
    expect(calls).toMatchObject([
      { id: 'b', arguments: { n: 2 } },
      { id: 'a', arguments: { n: 1 } },
    ])
  })

  it('without input, with input at once, and with input that is no JSON', () => {
    const events = [
      ...block(0, tool('a')),
      ...block(1, tool('b', { input: { at: 1 } })),
      ...block(2, tool('c'), piece('{"cut": "of')),
    ]
    expect(contentOf(read(streamed(events, 'max_tokens'))).filter((event) => !('argumentsText' in event))).toEqual([
      { type: 'tool-call-start', id: 'a', name: 'weather' },
      { type: 'tool-call', id: 'a', name: 'weather', arguments: {} },
      { type: 'tool-call-start', id: 'b', name: 'weather' },
      { type: 'tool-call', id: 'b', name: 'weather', arguments: { at: 1 } },
      { type: 'tool-call-start', id: 'c', name: 'weather' },
      { type: 'tool-call', id: 'c', name: 'weather', arguments: undefined, malformed: '{"cut": "of' },
    ])
  })

  it('whole, with the same events', () => {
    const { events } = readWhole(message([tool('a', { input: { city: 'Bern' } })], { stop_reason: 'tool_use' }))
    expect(events.slice(2)).toEqual([
      { type: 'tool-call-start', id: 'a', name: 'weather' },
      { type: 'tool-call-delta', id: 'a', argumentsText: '{"city":"Bern"}' },
      { type: 'tool-call', id: 'a', name: 'weather', arguments: { city: 'Bern' } },
      { type: 'end', finish: 'tool-calls', finishRaw: 'tool_use', usage: endUsage },
    ])
  })

  it('a caller other than the model is told', () => {
    const caller = { type: 'code_execution_20260120', tool_id: 'srvtoolu_1' }
    expect(contentOf(read(streamed(block(0, tool('a', { caller })))))[1]).toEqual({
      type: 'raw',
      value: { id: 'a', caller },
    })
    const direct = contentOf(read(streamed(block(0, tool('a', { caller: { type: 'direct' } })))))
    expect(direct).not.toContainEqual(expect.objectContaining({ type: 'raw' }))
  })

  it('blocks whose start or stop is not told', () => {
    const [, delta] = textBlock(3, 'Hi')
    const [open, arguments_] = block(4, tool('a'), piece('{}'))
    const events = [delta, open, arguments_].filter((event) => event !== undefined)
    expect(contentOf(read(streamed(events)))).toEqual([
      { type: 'text', text: 'Hi' },
      { type: 'tool-call-start', id: 'a', name: 'weather' },
      { type: 'tool-call-delta', id: 'a', argumentsText: '{}' },
      { type: 'tool-call', id: 'a', name: 'weather', arguments: {} },
    ])
  })
})

describe('the finish', () => {
  it.each([
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['tool_use', 'tool-calls'],
    ['refusal', 'refusal'],
    ['pause_turn', 'pause'],
    ['something_new', 'other'],
  ])('%s → %s', (finishRaw, finish) => {
    expect(read(streamed(textBlock(0, 'a'), finishRaw)).events.at(-1)).toMatchObject({ finish, finishRaw })
    expect(readWhole(message([], { stop_reason: finishRaw })).events.at(-1)).toMatchObject({ finish, finishRaw })
  })

  it('is message_stop after a stop_reason: neither alone', () => {
    const [delta, stop] = messageEnd('end_turn') as [{ type: string }, { type: string }]
    expect(read(sse(messageStart(), delta))).toMatchObject({ progress: 'open' })
    expect(read(sse(messageStart(), stop))).toMatchObject({ progress: 'open' })
    expect(readWhole(message([], { stop_reason: null }))).toMatchObject({ progress: 'open' })
  })
})

describe('what else may come', () => {
  it('blocks of the provider’s own tools are raw once they are complete, a file is a file', () => {
    const search = { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: {} }
    const results = { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [{ url: 'https://h' }] }
    const upload = { type: 'container_upload', file_id: 'file_1' }
    const query = [
      { type: 'input_json_delta', partial_json: '{"query":' },
      { type: 'input_json_delta', partial_json: '"onions"}' },
    ]
    const events = [...block(0, search, ...query), ...block(1, results), ...block(2, upload)]
    expect(contentOf(read(streamed(events)))).toEqual([
      { type: 'raw', value: { ...search, input: { query: 'onions' } } },
      { type: 'raw', value: results },
      { type: 'file', value: upload },
    ])
    const whole = readWhole(message([{ ...search, input: { query: 'onions' } }, results, upload]))
    expect(whole.events.slice(2, -1)).toEqual(contentOf(read(streamed(events))))
  })

  it('pings say nothing; events and deltas that are not known are raw', () => {
    const odd = 'event: notice\ndata: still here\n\nevent: vertex_event\ndata: {"type": "ping"}\n\n'
    const { events } = read(
      sse(messageStart()) +
        odd +
        sse(
          { type: 'ping' },
          { type: 'mood', good: true } as { type: string },
          ...block(0, { type: 'text', text: '' }, { type: 'wink' }),
        ) +
        sse(...messageEnd('end_turn')),
    )
    expect(events.slice(2, -2)).toEqual([
      { type: 'raw', value: { event: 'notice', data: 'still here' } },
      { type: 'raw', value: { type: 'mood', good: true } },
      { type: 'raw', value: { index: 0, delta: { type: 'wink' } } },
    ])
  })

  it('what a message says beside its content is raw', () => {
    const details = { type: 'refusal', category: 'cyber', explanation: null }
    const [delta, stop] = messageEnd('refusal') as [{ type: string; delta: object }, { type: string }]
    const ended = { ...delta, delta: { ...delta.delta, stop_details: details }, context_management: { applied: 1 } }
    const { events } = read(sse(messageStart({ container: { id: 'c1' } }), ended, stop))
    expect(events.filter((event) => (event as { type: string }).type === 'raw')).toEqual([
      { type: 'raw', value: { container: { id: 'c1' } } },
      { type: 'raw', value: { stop_details: details } },
      { type: 'raw', value: { context_management: { applied: 1 } } },
    ])
    expect(readWhole(message([], { stop_reason: 'stop_sequence', stop_sequence: '###' })).events[1]).toEqual({
      type: 'raw',
      value: { stop_sequence: '###' },
    })
  })

  it('an error in the stream keeps what came before it', () => {
    const error = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }
    const reading = read(sse(messageStart(), ...textBlock(0, 'Hel'), error))
    expect(reading.events.at(-1)).toEqual({ type: 'text', text: 'Hel' })
    expect(reading.error?.message).toContain('Overloaded')
    expect(readWhole(error).error?.message).toContain('Overloaded')
    expect(read('event: error\ndata: gone\n\n').error?.message).toContain('gone')
  })

  it('JSON that is no message says what it is, and a cut event is truncated', () => {
    expect(readWhole({ status: 'ok' }).error).toMatchObject({
      kind: 'malformed',
      message: 'anthropic sent JSON that is no message: {"status":"ok"}',
    })
    expect(read('event: message_start\ndata: {"type":"message_st\n\n').error).toMatchObject({ kind: 'truncated' })
  })
})
