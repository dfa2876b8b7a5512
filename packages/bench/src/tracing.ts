// What tracing() and metering() cost where nobody registered an SDK, over @opentelemetry/api alone: a stack of two watching layers over a
// synchronous feed of 20 events, with them and without. Interleaved rounds, best decile of each. Fails where a call costs more than the
// limit below. Run: npm run bench:tracing
import { type Adapter, type AnyMiddleware, middleware, pipeline, Reply, type StreamEvent } from '@cepa/core'
import { metering, tracing } from '@cepa/opentelemetry'
import { ProxyTracerProvider, trace } from '@opentelemetry/api'

const EVENTS = 20
const ROUNDS = 600
const CALLS_PER_ROUND = 300
/** Most of what a call may take, as a multiple of the same without them. */
const LIMIT = 1.5

const events: readonly StreamEvent[] = [
  ...Array.from({ length: EVENTS - 1 }, (_, at): StreamEvent => ({ type: 'text', text: 'word ', at })),
  { type: 'end', finish: 'stop', usage: { inputTokens: 9, outputTokens: EVENTS, source: 'provider' }, at: EVENTS },
]

const adapter: Adapter = {
  name: 'bench',
  operations: ['chat'],
  identity: () => 'bench',
  handle: async () => {
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
const watching = (['a', 'b'] as const).map((name) =>
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
const stackOf = (...outside: readonly AnyMiddleware[]) =>
  pipeline({ adapter, layers: [...outside, ...watching] as unknown as [] })

const provider = trace.getTracerProvider()
if (!(provider instanceof ProxyTracerProvider) || provider.getDelegateTracer('bench') !== undefined)
  throw new Error('an SDK is registered; this measures what there is without one')

const contenders = [
  { name: 'two layers', chat: stackOf(), samples: [] as number[] },
  { name: 'with tracing()', chat: stackOf(tracing()), samples: [] as number[] },
  { name: 'with tracing() and metering()', chat: stackOf(tracing(), metering()), samples: [] as number[] },
]

const request = { model: 'm', messages: [] } as const

async function round(chat: ReturnType<typeof stackOf>): Promise<number> {
  const startedAt = performance.now()
  for (let call = 0; call < CALLS_PER_ROUND; call++) {
    for await (const _ of await chat(request));
  }
  return ((performance.now() - startedAt) * 1000) / CALLS_PER_ROUND
}

const bestDecile = (samples: number[]): number => {
  const best = samples.toSorted((a, b) => a - b).slice(0, Math.max(1, Math.floor(samples.length / 10)))
  return best.reduce((sum, sample) => sum + sample, 0) / best.length
}

for (let turn = 0; turn < ROUNDS; turn++) for (const each of contenders) each.samples.push(await round(each.chat))

console.log(
  `${EVENTS} events a call, no SDK, ${ROUNDS} interleaved rounds of ${CALLS_PER_ROUND} calls, best decile, Node ${process.versions.node}\n`,
)
const [base = 0, ...others] = contenders.map(({ samples }) => bestDecile(samples))
for (const [index, { name }] of contenders.entries()) {
  const us = index === 0 ? base : (others[index - 1] ?? 0)
  const more = index === 0 ? '' : `   + ${(us - base).toFixed(2)} µs`
  console.log(`${name.padEnd(32)} ${us.toFixed(2).padStart(6)} µs a call   ${(us / base).toFixed(2)} ×${more}`)
}
if (others.some((us) => us > base * LIMIT)) {
  console.error(`\nmore than ${LIMIT} × of a call without`)
  process.exitCode = 1
}
