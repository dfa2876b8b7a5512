import { ProviderError, type StreamEvent } from '@cepa/core'
import { redactor, sseParser, type WireMessage } from '@cepa/transport'
import { expect } from 'vitest'
import { ChatReducer } from '../src/chat-reducer.ts'

/** What a reading gave; events without their time. */
export interface Reading {
  readonly events: readonly object[]
  readonly progress: string
  readonly error?: ProviderError
}

const reducer = (candidates = 1): ChatReducer =>
  new ChatReducer({
    provider: 'openai',
    redact: redactor([]),
    candidates,
    failure: (body) => new ProviderError({ provider: 'openai', kind: 'unknown', message: JSON.stringify(body) }),
  })

const withoutTime = ({ at, ...event }: StreamEvent): object => {
  expect(at).toBe(5)
  return event
}

/** Reads messages as a feed would: the last events only where the finish was seen. */
export const readMessages = (messages: readonly WireMessage[], candidates?: number): Reading => {
  const reading = reducer(candidates)
  const out: StreamEvent[] = []
  try {
    for (const message of messages) reading.take(message, 5, out)
    if (reading.progress !== 'open') reading.finish(5, out)
    return { events: out.map(withoutTime), progress: reading.progress }
  } catch (error) {
    return { events: out.map(withoutTime), progress: reading.progress, error: error as ProviderError }
  }
}

/** The messages of a stream in network chunks. */
export const messagesOf = (chunks: readonly Uint8Array[]): WireMessage[] => {
  const messages: WireMessage[] = []
  const parser = sseParser({ provider: 'openai' })
  for (const each of chunks) parser.push(each, (message) => messages.push(message))
  parser.end((message) => messages.push(message))
  return messages
}

/** Reads the text of a stream. */
export const read = (text: string, candidates?: number): Reading =>
  readMessages(messagesOf([new TextEncoder().encode(text)]), candidates)
/** Reads a whole answer. */
export const readWhole = (body: object, candidates?: number): Reading =>
  readMessages([{ text: JSON.stringify(body), whole: true }], candidates)

/** `USAGE` in the form of events. */
export const usage = {
  inputTokens: 20,
  outputTokens: 9,
  cacheReadTokens: 8,
  reasoningTokens: 4,
  audioInputTokens: 0,
  audioOutputTokens: 0,
  source: 'provider',
}
/** The first event of every fixture. */
export const start = { type: 'start', id: 'chatcmpl-1', model: 'gpt-5-2026-01-01' }
