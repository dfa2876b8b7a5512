import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { messagesOf, readMessages } from '../../test/read-messages.ts'
import { block, messageEnd, messageStart, sse, textBlock } from '../../test/wire.ts'

const PIECES = ['{"city":', ' "Zürich 🧅', '"}'].map((text) => ({ type: 'input_json_delta', partial_json: text }))

/** Everything that an answer may have in it. */
const FIXTURE =
  ': a comment\n\n' +
  sse(
    messageStart(),
    { type: 'ping' },
    ...block(
      0,
      { type: 'thinking', thinking: '', signature: '' },
      { type: 'thinking_delta', thinking: 'hm 🧅' },
      { type: 'signature_delta', signature: 'sig-1' },
    ),
    ...block(1, { type: 'redacted_thinking', data: 'encrypted' }),
    ...textBlock(2, 'Grüße', ', 世界'),
    ...block(3, { type: 'tool_use', id: 'a', name: 'weather', input: {} }, ...PIECES),
    ...block(4, { type: 'server_tool_use', id: 'b', name: 'web_search', input: {} }, ...PIECES),
    ...messageEnd('tool_use'),
  )

const whole = new TextEncoder().encode(FIXTURE)
const expected = readMessages(messagesOf([whole]))

describe('any cut, any prefix', () => {
  it('any cut into network chunks gives the same events', () => {
    expect(expected.progress).toBe('closed')
    const property = fc.property(fc.array(fc.nat({ max: whole.length }), { maxLength: 10 }), (places) => {
      const cuts = [0, ...places.sort((a, b) => a - b), whole.length]
      const chunks = cuts.slice(1).map((cut, index) => whole.subarray(cuts[index], cut))
      expect(readMessages(messagesOf(chunks))).toEqual(expected)
    })
    fc.assert(property, { numRuns: 300 })
  })

  it('any prefix without the finish stays open, with exactly the events of what was complete', () => {
    // the frame of message_stop is complete once its data is
    const finishAt = whole.length - 2
    const ends = frameEnds(FIXTURE)
    for (let length = 0; length < finishAt; length++) {
      const messages = messagesOf([whole.subarray(0, length)])
      const last = messages.at(-1)
      const complete = last?.tail && !isJson(last.text) ? messages.slice(0, -1) : messages
      const { events, progress } = readMessages(complete)
      expect(progress).toBe('open')
      const frames = ends.filter((end) => end <= length).length
      const upTo = readMessages(messagesOf([whole]).slice(0, frames)).events
      expect(events).toEqual(upTo)
    }
  })
})

/** Where in the bytes each frame with data has all of its data. */
function frameEnds(text: string): readonly number[] {
  const ends: number[] = []
  for (const match of text.matchAll(/^data: .*$/gm)) {
    ends.push(new TextEncoder().encode(text.slice(0, match.index + match[0].length)).length)
  }
  return ends
}

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
