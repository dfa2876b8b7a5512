// What tracing() and metering() cost where nobody registered an SDK, over @opentelemetry/api alone: a stack of two watching layers over a
// synchronous feed of 20 events, with them and without. Interleaved rounds, best decile of each. Fails where a call costs more than the
// limit below. Run: npm run bench:tracing
import { metering, tracing } from '@cepa/opentelemetry'
import { ProxyTracerProvider, trace } from '@opentelemetry/api'
import { answering, answerOf, onion, readOnce } from './onion.ts'
import { nsPerRun, takeTurns } from './rounds.ts'

const EVENTS = 20
const ROUNDS = 600
const CALLS_PER_ROUND = 300
/** Most of what a call may take, as a multiple of the same without them. */
const LIMIT = 1.5

const provider = trace.getTracerProvider()
if (!(provider instanceof ProxyTracerProvider) || provider.getDelegateTracer('bench') !== undefined)
  throw new Error('an SDK is registered; this measures what there is without one')

const adapter = answering(answerOf(EVENTS))
const contenders = [
  { name: 'two layers', chat: onion(adapter, 2) },
  { name: 'with tracing()', chat: onion(adapter, 2, tracing()) },
  { name: 'with tracing() and metering()', chat: onion(adapter, 2, tracing(), metering()) },
]
const rounds = contenders.map(
  ({ chat }) =>
    () =>
      nsPerRun(() => readOnce(chat), CALLS_PER_ROUND),
)
const results = (await takeTurns(rounds, ROUNDS)).map((ns) => ns / 1000)

console.log(
  `${EVENTS} events a call, no SDK, ${ROUNDS} interleaved rounds of ${CALLS_PER_ROUND} calls, best decile, Node ${process.versions.node}\n`,
)
const [base = 0] = results
for (const [index, us] of results.entries()) {
  const more = index === 0 ? '' : `   + ${(us - base).toFixed(2)} µs`
  const name = contenders[index]?.name.padEnd(32)
  console.log(`${name} ${us.toFixed(2).padStart(6)} µs a call   ${(us / base).toFixed(2)} ×${more}`)
}
if (results.some((us) => us > base * LIMIT)) {
  console.error(`\nmore than ${LIMIT} × of a call without`)
  process.exitCode = 1
}
