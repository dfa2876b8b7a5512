import { inputMessageOf, outputMessageOf } from '@cepa/core/semantic-conventions'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fitMessages } from './fit-messages.ts'

const text = fc.string({ unit: 'grapheme', maxLength: 400 })
const part = fc.oneof(
  fc.record({ type: fc.constant('text'), content: text }),
  fc.record({ type: fc.constant('tool_call'), name: text, arguments: fc.jsonValue() }),
)
const message = fc.record({ role: fc.constantFrom('user', 'assistant'), parts: fc.array(part, { maxLength: 6 }) })
const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value))

describe('messages that are cut', () => {
  it('never have more bytes than they may, and are well formed', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 8 }), fc.integer({ min: 256, max: 4000 }), (messages, maxBytes) => {
        const { messages: kept, cut } = fitMessages(messages, maxBytes)
        expect(bytesOf(kept)).toBeLessThanOrEqual(maxBytes)
        expect(JSON.stringify(kept).isWellFormed()).toBe(true)
        for (const { role, parts } of kept) {
          expect(['user', 'assistant']).toContain(role)
          for (const { type } of parts) expect(['text', 'tool_call']).toContain(type)
        }
        if (bytesOf(messages) <= maxBytes) expect({ kept, cut }).toEqual({ kept: messages, cut: false })
        else expect(cut).toBe(true)
      }),
    )
  })

  it('are the newest', () => {
    const messages = ['a', 'b', 'c'].map((letter) => ({
      role: 'user',
      parts: [{ type: 'text', content: letter.repeat(100) }],
    }))
    const { messages: kept } = fitMessages(messages, 330)
    expect(kept).toEqual(messages.slice(1))
  })
})

describe('what a redactor may have made of messages', () => {
  it('is always put into the form of the conventions', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (content, said) => {
        for (const { type } of inputMessageOf({ role: 'user', content }).parts) expect(typeof type).toBe('string')
        const made = outputMessageOf({ text: said, reasoning: content, toolCalls: said }, 'stop')
        for (const { type } of made.parts) expect(['text', 'reasoning', 'tool_call']).toContain(type)
      }),
    )
  })
})
