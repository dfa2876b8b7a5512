// Six watching layers over a synchronous feed of 500 events, against a hand-inlined loop with the same bookkeeping.
// Interleaved rounds, best decile of each. Run: npm run bench:core
import { type Clock, type Feed, isContent, middleware, pipeline, type StreamEvent, systemClock } from '@cepa/core'
import { answering, feedOf } from './onion.ts'
import { nsPerRun, takeTurns } from './rounds.ts'

const EVENTS = 500
const ROUNDS = 600
const CALLS_PER_ROUND = 40

const texts: StreamEvent[] = Array.from({ length: EVENTS - 2 }, (_, index) => ({
  type: 'text',
  text: `word${index} `,
  at: index,
}))
const events: readonly StreamEvent[] = [
  { type: 'start', id: 'x', model: 'm', at: 0 },
  ...texts,
  { type: 'end', finish: 'stop', usage: { inputTokens: 9, outputTokens: EVENTS, source: 'provider' }, at: EVENTS },
]

const feed = (): Feed => feedOf(events)

const sink = { ids: 0, firstMs: 0, gaps: 0, counted: 0, characters: 0, providerMs: 0 }

const id = () => middleware({ name: 'id', provide: () => void sink.ids++ })
const firstTiming = () =>
  middleware({
    name: 'firstTiming',
    firstToken(call, event) {
      sink.firstMs += event.at - call.startedAt
    },
  })
const gapTiming = () =>
  middleware({
    name: 'gapTiming',
    start: () => ({ last: 0, gaps: 0 }),
    event(_call, event, state) {
      state.gaps += event.at - state.last
      state.last = event.at
    },
    end(_call, _ending, state) {
      sink.gaps += state.gaps
    },
  })
const count = () =>
  middleware({
    name: 'count',
    start: () => ({ events: 0 }),
    event(_call, _event, state) {
      state.events++
    },
    end(_call, _ending, state) {
      sink.counted += state.events
    },
  })
const textLength = () =>
  middleware({
    name: 'textLength',
    start: () => ({ characters: 0 }),
    event(_call, event, state) {
      if (event.type === 'text') state.characters += event.text.length
    },
    end(_call, _ending, state) {
      sink.characters += state.characters
    },
  })
const noop = () => middleware({ name: 'noop', event() {} })
const timed = () =>
  middleware({
    name: 'timed',
    traits: { timings: true },
    start: (call) =>
      call.onTimes(({ providerMs }) => {
        sink.providerMs += providerMs
      }),
  })

const adapter = answering(events)
const chat = pipeline(adapter, id(), firstTiming(), gapTiming(), count(), textLength(), noop())
const chatTimed = pipeline(adapter, timed(), id(), firstTiming(), gapTiming(), count(), textLength(), noop())
const bare = pipeline(adapter)
const request = { model: 'm', messages: [] } as const

async function layered(call: typeof chat | typeof chatTimed | typeof bare): Promise<number> {
  let read = 0
  for await (const event of await call(request)) read += event.type === 'text' ? 1 : 0
  return read
}

/** What a careful author would write by hand for one provider: one iterator, all bookkeeping inline, one ending. */
class HandLoop implements AsyncIterableIterator<StreamEvent> {
  readonly #feed = feed()
  readonly #startedAt: number
  #last = 0
  #gaps = 0
  #events = 0
  #characters = 0
  #sawContent = false
  #text = ''
  #usage: unknown
  #ended = false
  constructor(clock: Clock) {
    this.#startedAt = clock.now()
    sink.ids++
  }
  next(): Promise<IteratorResult<StreamEvent>> {
    if (this.#ended) return Promise.resolve({ value: undefined, done: true })
    const event = this.#feed.pull() as StreamEvent
    if (!this.#sawContent && isContent(event)) {
      this.#sawContent = true
      sink.firstMs += event.at - this.#startedAt
    }
    this.#gaps += event.at - this.#last
    this.#last = event.at
    this.#events++
    if (event.type === 'text') {
      this.#characters += event.text.length
      this.#text += event.text
    } else if (event.type === 'end') {
      this.#usage = event.usage
      this.#end()
    }
    return Promise.resolve({ value: event, done: false })
  }
  return(): Promise<IteratorResult<StreamEvent>> {
    this.#end()
    return Promise.resolve({ value: undefined, done: true })
  }
  [Symbol.asyncIterator](): this {
    return this
  }
  #end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#feed.close()
    sink.gaps += this.#gaps
    sink.counted += this.#events
    sink.characters += this.#characters + (this.#text === '' && this.#usage === undefined ? 1 : 0)
  }
}

async function byHand(): Promise<number> {
  let read = 0
  for await (const event of new HandLoop(systemClock)) read += event.type === 'text' ? 1 : 0
  return read
}

const contenders = [
  { name: 'hand-inlined loop', run: byHand },
  { name: 'pipeline, no layer', run: () => layered(bare) },
  { name: 'pipeline, six watching layers', run: () => layered(chat) },
  { name: 'the same with self times', run: () => layered(chatTimed) },
]
const rounds = contenders.map(
  ({ run }) =>
    () =>
      nsPerRun(run, CALLS_PER_ROUND),
)
const results = (await takeTurns(rounds, ROUNDS)).map((ns) => ns / EVENTS)

const [base = 0] = results
console.log(
  `${EVENTS} events a call, ${ROUNDS} interleaved rounds of ${CALLS_PER_ROUND} calls, best decile, Node ${process.versions.node}\n`,
)
for (const [index, nsPerEvent] of results.entries()) {
  const name = contenders[index]?.name.padEnd(32)
  console.log(`${name} ${nsPerEvent.toFixed(0).padStart(5)} ns an event   ${(nsPerEvent / base).toFixed(2)} ×`)
}
