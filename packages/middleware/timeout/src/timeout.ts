import { type Middleware, middleware } from '@cepa/core'
import {
  CALL_RULES,
  checkTimeoutOptions,
  limitsFor,
  type TimeoutCallOptions,
  type TimeoutOptions,
} from './timeout-options.ts'
import { TimeoutPass } from './timeout-pass.ts'

/**
 * A middleware that ends what takes too long: in all (`totalMs`), to the provider's headers (`headersMs`), to the first content
 * (`firstTokenMs`), between two events (`idleMs`). Innermost, inside a retry, it bounds each attempt; a second one outside the
 * retry, with a `name` of its own, bounds the call.
 *
 * What is inside ends `aborted` and the provider's connection closes; what is outside gets a {@link TimeoutError} that says which
 * limit was met, its value, who set it and how far the call got. A retry outside tries again if no content had passed.
 *
 * Without any limit: 10 minutes in all, and for streams 2 minutes to the headers and between events.
 *
 * @throws {OptionError} for options that cannot be right.
 *
 * @example
 * const chat = pipeline(openai(), timeout({ name: 'callTimeout', totalMs: 60_000 }), retry(), timeout({ firstTokenMs: 15_000 }))
 * await chat(request, { layers: { callTimeout: { totalMs: 5_000 } } })
 */
export function timeout<const TName extends string = 'timeout'>(
  options: TimeoutOptions<TName> = {},
): Middleware<TName, readonly [], readonly [], TimeoutCallOptions> {
  const { name, limits, data } = checkTimeoutOptions(options)
  return middleware<TName, TimeoutPass, readonly [], readonly [], TimeoutCallOptions>({
    name: name as TName,
    // it changes how long an answer may take, not what it is
    identity: '',
    data,
    perCall: CALL_RULES,
    start: (call) => new TimeoutPass(name, limitsFor(limits, call.options, call.mode), call),
    async handle(call, next, pass) {
      const reply = await next(call.with(pass.begin()))
      pass.replied()
      return reply
    },
    firstToken: (_call, _event, pass) => pass.firstToken(),
    event(_call, _event, pass) {
      pass.events += 1
    },
    end: (_call, _ending, pass) => pass.end(),
  })
}
