// What the profiler costs: a stack of six watching layers over a synchronous feed, with it and without, for short and for long answers.
// The difference of the long ones, less that of the short ones, is the cost of an event; the rest is the cost of a call.
// Interleaved rounds, best decile of each. Run: npm run bench:profiler
import { type Adapter, middleware, pipeline, Reply, type StreamEvent } from '@cepa/core'
import { profiler } from '@cepa/middleware-profiler'

const SHORT = 10
const LONG = 1_000
const ROUNDS = 300
const EVENTS_PER_ROUND = 10_000

const answerOf = (count: number): readonly StreamEvent[] => [
  ...Array.from({ length: count - 1 }, (_, at): StreamEvent => ({ type: 'text', text: 'word ', at })),
  { type: 'end', finish: 'stop', at: count },
]
const answers = { short: answerOf(SHORT), long: answerOf(LONG) }

const adapter: Adapter = {
  name: 'bench',
  operations: ['chat'],
  identity: () => 'bench',
  handle: async (call) => {
    const events = call.request.model === 'short' ? answers.short : answers.long
    let next = 0
    return Reply.from({
      pull: () => events[next++] ?? null,
      close: () => {
        next = events.length
      },
    })
  },
}

const sink = { characters: 0 }
const names = ['a', 'b', 'c', 'd', 'e', 'f'] as const
const watching = names.map((name) =>
  middleware({
    name,
    start: () => ({ characters: 0 }),
    event(_call, event, state) {
      if (event.type === 'text') state.characters += event.text.length
    },
    end(_call, _ending, state) {
      sink.characters += state.characters
    },
  }),
)
const stacks = {
  without: pipeline({ adapter, layers: watching as [] }),
  with: pipeline({ adapter, layers: [profiler(), ...watching] as unknown as [] }),
}

async function round(stack: keyof typeof stacks, model: 'short' | 'long'): Promise<number> {
  const calls = EVENTS_PER_ROUND / (model === 'short' ? SHORT : LONG)
  const startedAt = performance.now()
  for (let call = 0; call < calls; call++) {
    for await (const _ of await stacks[stack]({ model, messages: [] }));
  }
  return ((performance.now() - startedAt) * 1e6) / calls
}

const bestDecile = (samples: number[]): number => {
  const best = samples.toSorted((a, b) => a - b).slice(0, Math.max(1, Math.floor(samples.length / 10)))
  return best.reduce((sum, sample) => sum + sample, 0) / best.length
}

const contenders = (['short', 'long'] as const).flatMap((model) =>
  (['without', 'with'] as const).map((stack) => ({ model, stack, samples: [] as number[] })),
)
for (let turn = 0; turn < ROUNDS; turn++)
  for (const { stack, model, samples } of contenders) samples.push(await round(stack, model))

const [shortWithout = 0, shortWith = 0, longWithout = 0, longWith = 0] = contenders.map(({ samples }) =>
  bestDecile(samples),
)
const perEvent = (longWith - longWithout - (shortWith - shortWithout)) / (LONG - SHORT)
const perCall = shortWith - shortWithout - perEvent * SHORT
const row = (what: string, ns: number, base: number) =>
  console.log(`${what.padEnd(36)} ${(ns / 1000).toFixed(1).padStart(6)} µs a call   ${(ns / base).toFixed(2)} ×`)

console.log(`${ROUNDS} interleaved rounds of ${EVENTS_PER_ROUND} events, best decile, Node ${process.versions.node}\n`)
row(`six layers, ${SHORT} events`, shortWithout, shortWithout)
row('the same with the profiler', shortWith, shortWithout)
row(`six layers, ${LONG} events`, longWithout, longWithout)
row('the same with the profiler', longWith, longWithout)
console.log(`\nthe profiler costs ${(perCall / 1000).toFixed(1)} µs a call and ${perEvent.toFixed(1)} ns an event`)
