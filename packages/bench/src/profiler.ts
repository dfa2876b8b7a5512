// What the profiler costs: a stack of six watching layers over a synchronous feed, with it and without, for short and for long answers.
// The difference of the long ones, less that of the short ones, is the cost of an event; the rest is the cost of a call.
// Interleaved rounds, best decile of each. Run: npm run bench:profiler
import { profiler } from '@cepa/middleware-profiler'
import { answering, answerOf, onion, readOnce } from './onion.ts'
import { nsPerRun, takeTurns } from './rounds.ts'

const SHORT = 10
const LONG = 1_000
const ROUNDS = 300
const EVENTS_PER_ROUND = 10_000

const contenders = [SHORT, LONG].flatMap((count) => {
  const adapter = answering(answerOf(count))
  const stacks = [onion(adapter, 6), onion(adapter, 6, profiler())]
  return stacks.map((chat) => () => nsPerRun(() => readOnce(chat), EVENTS_PER_ROUND / count))
})
const [shortWithout = 0, shortWith = 0, longWithout = 0, longWith = 0] = await takeTurns(contenders, ROUNDS)
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
