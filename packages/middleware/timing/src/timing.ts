import { CallMeter, checkOptions, type Middleware, middleware, type OptionRules, text, timingFact } from '@cepa/core'

/** What {@link timing} takes. */
export interface TimingOptions<TName extends string = string> {
  /** Another name, for a second one in the same stack: one around `retry()` for calls, one inside it for attempts. Default: `timing`. */
  readonly name?: TName
}

const RULES = {
  name: text({ pattern: /^[a-z][A-Za-z0-9]*$/, expects: 'a camelCase identifier', default: 'timing' }),
} satisfies OptionRules<TimingOptions>

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
    start: (call) => new CallMeter(call),
    firstToken: (_call, event, meter) => meter.firstContent(event),
    event: (_call, event, meter) => meter.event(event),
    end: (call, ending, meter) => call.give(timingFact, meter.report(call, ending)),
  })
}
