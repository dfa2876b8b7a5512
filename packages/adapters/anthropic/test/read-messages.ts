import { ProviderError, type StreamEvent } from '@cepa/core'
import { redactor, sseParser, type WireMessage } from '@cepa/transport'
import { expect } from 'vitest'
import { MessagesReducer } from '../src/answer/messages-reducer.ts'

/** What a reading gave; events without their time. */
export interface Reading {
  readonly events: readonly object[]
  readonly progress: string
  readonly error?: ProviderError
}

const failure = (body: unknown): ProviderError =>
  new ProviderError({ provider: 'anthropic', kind: 'unknown', message: JSON.stringify(body) })

const withoutTime = ({ at, ...event }: StreamEvent): object => {
  expect(at).toBe(5)
  return event
}

/** Reads messages as a feed would: the last events only where the finish was seen. */
export const readMessages = (messages: readonly WireMessage[]): Reading => {
  const reducer = new MessagesReducer({ provider: 'anthropic', redact: redactor([]), failure })
  const out: StreamEvent[] = []
  try {
    for (const message of messages) {
      reducer.take(message, 5, out)
      if (reducer.progress === 'closed') break
    }
    if (reducer.progress !== 'open') reducer.finish(5, out)
    return { events: out.map(withoutTime), progress: reducer.progress }
  } catch (error) {
    return { events: out.map(withoutTime), progress: reducer.progress, error: error as ProviderError }
  }
}

/** The messages of a stream in network chunks. */
export const messagesOf = (chunks: readonly Uint8Array[]): WireMessage[] => {
  const messages: WireMessage[] = []
  const parser = sseParser({ provider: 'anthropic' })
  for (const each of chunks) parser.push(each, (message) => messages.push(message))
  parser.end((message) => messages.push(message))
  return messages
}

/** Reads the text of a stream. */
export const read = (text: string): Reading => readMessages(messagesOf([new TextEncoder().encode(text)]))

/** Reads a whole answer. */
export const readWhole = (body: object): Reading => readMessages([{ text: JSON.stringify(body), whole: true }])

/** The events between the first two (start, usage) and the last two (usage, end) of a complete answer. */
export const contentOf = ({ events, progress }: Reading): readonly object[] => {
  expect(progress).toBe('closed')
  return events.slice(2, -2)
}
