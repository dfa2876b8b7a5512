import {
  type Call,
  checkOptions,
  type Ending,
  type Middleware,
  middleware,
  type OptionRules,
  type StreamEvent,
  type Timing,
  text,
  timingFact,
} from '@cepa/core'
import { headersAt } from './headers.ts'
import { outputTokensPerSecond } from './speed.ts'
import { GapMeter, isToken } from './token-gaps.ts'

/** What {@link timing} takes. */
export interface TimingOptions<TName extends string = string> {
  /** Another name, for a second one in the same stack: one around `retry()` for calls, one inside it for attempts. Default: `timing`. */
  readonly name?: TName
}

const RULES = {
  name: text({ pattern: /^[a-z][A-Za-z0-9]*$/, expects: 'a camelCase identifier', default: 'timing' }),
} satisfies OptionRules<TimingOptions>

/** What one pass has measured so far. */
class PassTimes {
  readonly gaps = new GapMeter()
  /** Attempts of the call that are none of this pass: those before it. */
  readonly attemptsBefore: number
  /** A whole answer comes in one piece: its events say nothing of when tokens came. */
  readonly whole: boolean
  firstContentAt: number | undefined
  reasoned = false

  constructor(call: Call) {
    this.attemptsBefore = call.attempts.length
    this.whole = call.mode === 'complete'
  }
}

function timesOf(call: Call, ending: Ending, pass: PassTimes): Timing {
  const { providerMs, consumerMs, completion, at } = ending
  const totalMs = providerMs + consumerMs
  const since = (then: number | undefined): number | undefined =>
    then === undefined ? undefined : Math.max(0, then - (at - totalMs))
  const headersMs = since(headersAt(call.attempts.slice(pass.attemptsBefore)))
  const firstTokenMs = since(pass.firstContentAt)
  const gaps = pass.gaps.report()
  const { gaps: meter, firstContentAt: first, reasoned } = pass
  const elapsedMs = first === undefined ? 0 : (meter.lastAt ?? first) - first
  const speed = outputTokensPerSecond({ usage: completion.usage, reasoned, elapsedMs })
  return {
    totalMs,
    ...(headersMs !== undefined && { headersMs }),
    ...(firstTokenMs !== undefined && { firstTokenMs }),
    ...(gaps && { gaps }),
    ...(speed !== undefined && { outputTokensPerSecond: speed }),
    providerMs,
    consumerMs,
  }
}

/**
 * Measures where the time of a call goes and gives it outward at the end as `call.facts.timing`. Only watches; keeps no samples.
 * Times count from when the call enters this layer. Of a whole answer (`complete()`) the events come at once, so that first token,
 * gaps and speed are absent.
 *
 * @throws {OptionError} for a name that is none.
 *
 * @example
 * const report = () => middleware({
 *   name: 'report',
 *   reads: [timingFact],
 *   end: (call) => console.log(call.facts.timing?.firstTokenMs),
 * })
 * const chat = pipeline(openai(), report(), timing(), retry())
 */
export function timing<const TName extends string = 'timing'>(
  given?: TimingOptions<TName>,
): Middleware<TName, readonly [], readonly [typeof timingFact]> {
  const { name } = checkOptions<TimingOptions, typeof RULES>('timing', RULES, given)
  return middleware({
    name: name as TName,
    gives: [timingFact],
    start: (call) => new PassTimes(call),
    firstToken(_call, event, pass) {
      if (!pass.whole) pass.firstContentAt = event.at
    },
    event: (_call, event, pass) => watch(event, pass),
    end: (call, ending, pass) => call.give(timingFact, timesOf(call, ending, pass)),
  })
}

function watch(event: StreamEvent, pass: PassTimes): void {
  if (pass.whole || !isToken(event)) return
  if (event.type === 'reasoning') pass.reasoned = true
  pass.gaps.token(event.at)
}
