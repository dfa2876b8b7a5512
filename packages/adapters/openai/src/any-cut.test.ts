import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chunk, sse, USAGE } from '../test/openai-server.ts'
import { messagesOf, readMessages } from '../test/read-chat.ts'

describe('any cut, any prefix', () => {
  const fixture =
    ': OPENROUTER PROCESSING\n\n' +
    sse(
      chunk({ role: 'assistant', content: '' }),
      chunk({ reasoning_content: 'hm 🧅' }),
      chunk({ content: 'Grüße' }),
      chunk({ tool_calls: [{ index: 0, id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a":' } }] }),
      chunk({ tool_calls: [{ index: 0, function: { arguments: '"}"}' } }] }),
      chunk({}, 'tool_calls'),
      { ...chunk({}), choices: [], usage: USAGE },
      '[DONE]',
    )
  const whole = new TextEncoder().encode(fixture)
  const expected = readMessages(messagesOf([whole]))

  it('any cut into network chunks gives the same events', () => {
    const property = fc.property(fc.array(fc.nat({ max: whole.length }), { maxLength: 10 }), (places) => {
      const cuts = [0, ...places.sort((a, b) => a - b), whole.length]
      expect(readMessages(messagesOf(cuts.slice(1).map((cut, index) => whole.subarray(cuts[index], cut))))).toEqual(
        expected,
      )
    })
    fc.assert(property, { numRuns: 300 })
  })

  it('any prefix without the finish stays open, with exactly the events of what was complete', () => {
    const finishAt = new TextEncoder().encode(fixture.slice(0, fixture.indexOf('"tool_calls"}]') + 20)).length
    for (let length = 0; length < finishAt - 40; length++) {
      const messages = messagesOf([whole.subarray(0, length)])
      const last = messages.at(-1)
      const complete = last?.tail && !isJson(last.text) ? messages.slice(0, -1) : messages
      const { events, progress } = readMessages(complete)
      expect(progress).toBe('open')
      expect(events).toEqual(expected.events.slice(0, events.length))
    }
  })
})

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
