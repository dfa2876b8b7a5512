import { ProviderError } from '@cepa/core'
import { describe, expect, it } from 'vitest'
import { redactor } from './redact.ts'
import { wholeBodyParser } from './whole-body.ts'
import { jsonOf, type WireMessage } from './wire.ts'

const failure = (text: string): ProviderError => {
  try {
    jsonOf({ text }, { provider: 'toy', redact: redactor(['very-secret']) })
  } catch (error) {
    return error as ProviderError
  }
  throw new Error('it did not fail')
}

describe('jsonOf', () => {
  it('parses', () => {
    expect(jsonOf({ text: ' {"a":[1]}\n' }, { provider: 'toy' })).toEqual({ a: [1] })
  })

  it.each(['{"a":1', '{"a":"b', '[1,{"a":2}', '{"a":"}"', '{"a":"\\"}'])('%s is cut', (text) => {
    expect(failure(text)).toMatchObject({ kind: 'truncated', retryable: true })
  })

  it.each(['Internal error', '{"a":1}}', '{a:1}', '<html>{'])('%s is no JSON', (text) => {
    expect(failure(text)).toMatchObject({ kind: 'malformed' })
  })

  it('shows the beginning, without secrets, and never the engine’s own words', () => {
    const error = failure(`{"key": very-secret, "other": "sk-abcdefghijklmnop" ${'x'.repeat(5_000)}`)
    expect(error).toBeInstanceOf(ProviderError)
    expect(error.message).toContain('{"key": [redacted], "other": "[redacted]"')
    expect(error.message.length).toBeLessThan(250)
    expect(error.cause).toBeUndefined()
  })
})

describe('wholeBodyParser', () => {
  const parse = (text: string, maxAnswerBytes?: number): WireMessage[] => {
    const parser = wholeBodyParser({ provider: 'toy', ...(maxAnswerBytes !== undefined && { maxAnswerBytes }) })
    const messages: WireMessage[] = []
    for (const byte of new TextEncoder().encode(text))
      parser.push(new Uint8Array([byte]), (message) => messages.push(message))
    parser.end((message) => messages.push(message))
    return messages
  }

  it('tells one message at the end, none for nothing', () => {
    expect(parse('{"a":"🧅"}')).toEqual([{ text: '{"a":"🧅"}', whole: true }])
    expect(parse(' \n')).toEqual([])
  })

  it('refuses what is larger than maxAnswerBytes', () => {
    expect(() => parse('{"a":"b"}', 8)).toThrow(/toy sent an answer larger than maxAnswerBytes \(8\)/)
  })
})
