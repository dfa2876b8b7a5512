import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { end, text } from '../test/onion.ts'
import { CompletionAccumulator, messageOf, type StreamEvent } from './index.ts'

const gathered = (...events: StreamEvent[]) => {
  const accumulator = new CompletionAccumulator()
  for (const event of events) accumulator.add(event)
  return accumulator.snapshot()
}
const reasoning = (value: string, more: { signature?: string; redacted?: string } = {}): StreamEvent => ({
  type: 'reasoning',
  text: value,
  at: 0,
  ...more,
})

describe('completion', () => {
  it('of nothing is empty, and says nothing that is not known', () => {
    expect(gathered()).toEqual({
      text: '',
      reasoning: '',
      toolCalls: [],
      parts: [],
      sources: [],
      files: [],
      embeddings: [],
    })
  })

  it('gathers everything, in the order in which it came', () => {
    const call = { id: '1', name: 'f', arguments: { a: 1 } }
    const broken = { id: '2', name: 'f', arguments: undefined, malformed: '{"a":' }
    expect(
      gathered(
        { type: 'start', id: 'r', model: 'm-1', at: 0 },
        reasoning('hm '),
        reasoning('ok'),
        text('Hel'),
        text('lo'),
        { type: 'tool-call-start', id: '1', name: 'f', at: 0 },
        { type: 'tool-call-delta', id: '1', argumentsText: '{"a":1}', at: 0 },
        { type: 'tool-call', ...call, at: 0 },
        { type: 'tool-call', ...broken, at: 0 },
        text('!'),
        { type: 'source', value: 's', at: 0 },
        { type: 'file', value: 'f', at: 0 },
        { type: 'raw', value: 'x', at: 0 },
        { type: 'embedding', index: 1, value: [2], at: 0 },
        { type: 'embedding', index: 0, value: [1], at: 0 },
        { type: 'usage', usage: { outputTokens: 1, source: 'provider' }, at: 0 },
        {
          type: 'end',
          finish: 'tool-calls',
          finishRaw: 'tool_use',
          usage: { outputTokens: 2, source: 'provider' },
          at: 0,
        },
      ),
    ).toEqual({
      id: 'r',
      model: 'm-1',
      text: 'Hello!',
      reasoning: 'hm ok',
      toolCalls: [call, broken],
      parts: [
        { type: 'reasoning', text: 'hm ok' },
        { type: 'text', text: 'Hello' },
        { type: 'tool-call', ...call },
        { type: 'tool-call', id: '2', name: 'f', arguments: undefined },
        { type: 'text', text: '!' },
      ],
      sources: ['s'],
      files: ['f'],
      embeddings: [[1], [2]],
      finish: 'tool-calls',
      finishRaw: 'tool_use',
      usage: { outputTokens: 2, source: 'provider' },
    })
  })

  it('the last usage counts; an end without usage leaves it as it was', () => {
    const usage = { inputTokens: 1, source: 'provider' } as const
    expect(gathered({ type: 'usage', usage, at: 0 }, end()).usage).toBe(usage)
    expect(gathered(end())).not.toHaveProperty('usage')
  })

  it('a signature closes a thought, and what is encrypted is one of its own', () => {
    const { parts, reasoning: whole } = gathered(
      reasoning('a'),
      reasoning('', { signature: 's1' }),
      reasoning('b'),
      reasoning('', { redacted: 'xx' }),
      reasoning('c', { signature: 's2' }),
    )
    expect(parts).toEqual([
      { type: 'reasoning', text: 'a', signature: 's1' },
      { type: 'reasoning', text: 'b' },
      { type: 'reasoning', text: '', redacted: 'xx' },
      { type: 'reasoning', text: 'c', signature: 's2' },
    ])
    expect(whole).toBe('abc')
  })

  it('text that is empty is no part: providers refuse it when it is sent back', () => {
    expect(gathered(text(''), reasoning('a'), text(''), end()).parts).toEqual([{ type: 'reasoning', text: 'a' }])
  })

  it('candidates are told apart, also where one has said nothing', () => {
    const whole = gathered(
      { ...text('a'), choice: 0 },
      { ...text('c'), choice: 2 },
      { ...text('A'), choice: 0 },
      {
        type: 'end',
        finish: 'stop',
        finishes: [{ finish: 'stop' }, { finish: 'refusal' }, { finish: 'length' }],
        at: 0,
      },
    )
    expect(whole.text).toBe('aA')
    expect(whole.finish).toBe('stop')
    expect(whole.choices?.map(({ text: said, finish }) => [said, finish])).toEqual([
      ['aA', 'stop'],
      ['', 'refusal'],
      ['c', 'length'],
    ])
    expect(gathered(text('a'), end())).not.toHaveProperty('choices')
  })

  it('is a value of its own: what comes later does not change it', () => {
    const accumulator = new CompletionAccumulator()
    accumulator.add(text('a'))
    accumulator.add({ type: 'source', value: 1, at: 0 })
    const early = accumulator.snapshot()
    accumulator.add(text('b'))
    accumulator.add({ type: 'source', value: 2, at: 0 })
    expect(early).toMatchObject({ text: 'a', parts: [{ text: 'a' }], sources: [1] })
    expect(accumulator.snapshot().text).toBe('ab')
  })

  it('is ready to go on with as the message of the assistant', () => {
    expect(messageOf(gathered(text('Hi'), end()))).toEqual({
      role: 'assistant',
      content: [{ type: 'text', text: 'Hi' }],
    })
  })

  it('the text is that of all text events, wherever the events are cut', () => {
    const event = fc.oneof(
      fc.string().map((value) => text(value)),
      fc.string().map((value) => reasoning(value)),
      fc.constant<StreamEvent>({ type: 'tool-call', id: '1', name: 'f', arguments: {}, at: 0 }),
    )
    fc.assert(
      fc.property(fc.array(event), fc.nat(), (events, cut) => {
        const accumulator = new CompletionAccumulator()
        for (const [index, each] of events.entries()) {
          if (index === cut % (events.length + 1)) accumulator.snapshot()
          accumulator.add(each)
        }
        const whole = accumulator.snapshot()
        const textOf = (type: 'text' | 'reasoning') =>
          events.flatMap((each) => (each.type === type ? [each.text] : [])).join('')
        expect(whole.text).toBe(textOf('text'))
        expect(whole.reasoning).toBe(textOf('reasoning'))
        const partsOf = (type: string) =>
          whole.parts.flatMap((part) => (part.type === type && 'text' in part ? [part.text] : [])).join('')
        expect(partsOf('text')).toBe(whole.text)
        expect(partsOf('reasoning')).toBe(whole.reasoning)
        // no two parts of text stand side by side, and none is empty
        expect(
          whole.parts.some(
            (part, index) => part.type === 'text' && (part.text === '' || whole.parts[index + 1]?.type === 'text'),
          ),
        ).toBe(false)
      }),
    )
  })
})
