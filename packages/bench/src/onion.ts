import {
  type Adapter,
  type AnyMiddleware,
  type Feed,
  middleware,
  type Pipeline,
  pipeline,
  Reply,
  type StreamEvent,
} from '@cepa/core'

/** A feed over prepared events that has each at once. */
export function feedOf(events: readonly StreamEvent[]): Feed {
  let next = 0
  return {
    pull: () => events[next++] ?? null,
    close: () => {
      next = events.length
    },
  }
}

/** An adapter that answers with prepared events. */
export const answering = (events: readonly StreamEvent[]): Adapter => ({
  name: 'bench',
  operations: ['chat'],
  identity: () => 'bench',
  handle: async () => Reply.from(feedOf(events)),
})

/** An answer of so many events: texts, then the end. */
export const answerOf = (count: number): readonly StreamEvent[] => [
  ...Array.from({ length: count - 1 }, (_, at): StreamEvent => ({ type: 'text', text: 'word ', at })),
  { type: 'end', finish: 'stop', usage: { inputTokens: 9, outputTokens: count, source: 'provider' }, at: count },
]

const sink = { characters: 0 }

/** A layer that looks at every event and keeps a little. */
const watching = (name: string): AnyMiddleware =>
  middleware({
    name,
    start: () => ({ characters: 0 }),
    event(_call, event, state) {
      if (event.type === 'text') state.characters += event.text.length
    },
    end(_call, _ending, state) {
      sink.characters += state.characters
    },
  })

/** A pipeline of so many watching layers, inside of those that are given. */
export const onion = (adapter: Adapter, watchers: number, ...outside: readonly AnyMiddleware[]): Pipeline => {
  const inside = Array.from({ length: watchers }, (_, index) => watching(`watching${index}`))
  return pipeline({ adapter, layers: [...outside, ...inside] as unknown as [] })
}

/** Makes one call and reads it. */
export async function readOnce(chat: Pipeline): Promise<void> {
  for await (const _ of await chat({ model: 'm', messages: [] }));
}
