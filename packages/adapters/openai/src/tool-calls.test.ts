import { describe, expect, it } from 'vitest'
import { chunk, completion, sse } from '../test/openai-server.ts'
import { read, readWhole } from '../test/read-chat.ts'

describe('tool calls', () => {
  const piece = (index: number | undefined, made: { id?: string; name?: string; args?: unknown }): object => ({
    tool_calls: [
      {
        ...(index !== undefined && { index }),
        ...(made.id !== undefined && { id: made.id, type: 'function' }),
        function: { ...(made.name !== undefined && { name: made.name }), arguments: made.args },
      },
    ],
  })

  it('parallel, in pieces that interleave', () => {
    const { events } = read(
      sse(
        chunk(piece(0, { id: 'c1', name: 'weather', args: '' })),
        chunk(piece(0, { args: '{"city":' })),
        chunk(piece(1, { id: 'c2', name: 'time', args: '' })),
        chunk(piece(0, { args: '"Bern"}' })),
        chunk(piece(1, { args: '{}' })),
        chunk({}, 'tool_calls'),
      ),
    )
    expect(events.slice(1)).toEqual([
      { type: 'tool-call-start', id: 'c1', name: 'weather' },
      { type: 'tool-call-delta', id: 'c1', argumentsText: '{"city":' },
      { type: 'tool-call-start', id: 'c2', name: 'time' },
      { type: 'tool-call-delta', id: 'c1', argumentsText: '"Bern"}' },
      { type: 'tool-call-delta', id: 'c2', argumentsText: '{}' },
      { type: 'tool-call', id: 'c1', name: 'weather', arguments: { city: 'Bern' } },
      { type: 'tool-call', id: 'c2', name: 'time', arguments: {} },
      { type: 'end', finish: 'tool-calls', finishRaw: 'tool_calls' },
    ])
  })

  it('whole, without indices, with arguments as text, object or nothing', () => {
    const { events } = readWhole(
      completion(
        {
          content: null,
          tool_calls: [
            { id: 'a', type: 'function', function: { name: 'f', arguments: '{"x":1}' } },
            { id: 'b', type: 'function', function: { name: 'g', arguments: { y: 2 } } },
            { id: 'c', type: 'function', function: { name: 'h', arguments: '' } },
          ],
        },
        'tool_calls',
        { usage: undefined },
      ),
    )
    expect(events.filter((event) => (event as { type: string }).type === 'tool-call')).toEqual([
      { type: 'tool-call', id: 'a', name: 'f', arguments: { x: 1 } },
      { type: 'tool-call', id: 'b', name: 'g', arguments: { y: 2 } },
      { type: 'tool-call', id: 'c', name: 'h', arguments: {} },
    ])
  })

  it('every call under index 0, told apart by their ids', () => {
    const { events } = read(
      sse(
        chunk(piece(0, { id: 'a', name: 'f', args: '{}' })),
        chunk(piece(0, { id: 'b', name: 'g', args: '{}' })),
        chunk({}, 'stop'),
      ),
    )
    expect(events.filter((event) => (event as { type: string }).type === 'tool-call')).toEqual([
      { type: 'tool-call', id: 'a', name: 'f', arguments: {} },
      { type: 'tool-call', id: 'b', name: 'g', arguments: {} },
    ])
    expect(events.at(-1)).toMatchObject({ finish: 'tool-calls', finishRaw: 'stop' })
  })

  it('without ids, and with the name after the first piece', () => {
    const { events } = read(
      sse(
        chunk(piece(0, { args: '{"a"' })),
        chunk(piece(0, { name: 'f', args: ':1}' })),
        chunk(piece(1, { name: 'g', args: '{}' })),
        chunk({}, 'tool_calls'),
      ),
    )
    expect(events.slice(1, -1)).toEqual([
      { type: 'tool-call-start', id: 'call_0_0', name: 'f' },
      { type: 'tool-call', id: 'call_0_0', name: 'f', arguments: { a: 1 } },
      { type: 'tool-call-start', id: 'call_0_1', name: 'g' },
      { type: 'tool-call', id: 'call_0_1', name: 'g', arguments: {} },
    ])
  })

  it('arguments that are no JSON are kept as text', () => {
    const { events } = read(sse(chunk(piece(0, { id: 'a', name: 'f', args: '{"x":' })), chunk({}, 'length')))
    expect(events.slice(-2)).toEqual([
      { type: 'tool-call', id: 'a', name: 'f', arguments: undefined, malformed: '{"x":' },
      { type: 'end', finish: 'length', finishRaw: 'length' },
    ])
  })

  it('custom tools and the old form', () => {
    const custom = chunk({
      tool_calls: [{ index: 0, id: 'a', type: 'custom', custom: { name: 'sql', input: 'select 1' } }],
    })
    expect(read(sse(custom, chunk({}, 'tool_calls'))).events.slice(1, 4)).toEqual([
      { type: 'tool-call-start', id: 'a', name: 'sql' },
      { type: 'tool-call-delta', id: 'a', argumentsText: 'select 1' },
      { type: 'tool-call', id: 'a', name: 'sql', arguments: 'select 1' },
    ])
    const old = sse(
      chunk({ function_call: { name: 'f', arguments: '{"a"' } }),
      chunk({ function_call: { arguments: ':1}' } }),
      chunk({}, 'function_call'),
    )
    expect(read(old).events.slice(-2)).toEqual([
      { type: 'tool-call', id: 'function_call', name: 'f', arguments: { a: 1 } },
      { type: 'end', finish: 'tool-calls', finishRaw: 'function_call' },
    ])
  })
})
