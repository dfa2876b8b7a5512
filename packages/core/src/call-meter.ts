import type { Attempt } from './attempt.ts'
import type { Call } from './call.ts'
import type { Ending } from './ending.ts'
import type { StreamEvent, Usage } from './event.ts'
import type { Timing } from './known-facts.ts'
import { GapMeter, isToken } from './token-gaps.ts'

/** What is known of an answer's output and of the time in which it came. */
interface Output {
  readonly usage: Usage | undefined
  /** Whether reasoning was among the events. */
  readonly reasoned: boolean
  /** From the first content to the last token, in milliseconds. */
  readonly elapsedMs: number
}

/**
 * Output tokens per second, from the first content to the last token; absent where the provider told no usage, where the answer was
 * cut short, where all came at once, and for a replay from a cache. Reasoning that the provider counts but did not send was over before the first content,
 * and is left out.
 */
function outputTokensPerSecond({ usage, reasoned, elapsedMs }: Output): number | undefined {
  if (usage?.outputTokens === undefined || usage.source === 'cache') return undefined
  const tokens = usage.outputTokens - (reasoned ? 0 : (usage.reasoningTokens ?? 0))
  return tokens > 0 && elapsedMs > 0 ? (tokens * 1000) / elapsedMs : undefined
}

/**
 * When the response's headers were there, on the clock of the call: those of the attempt that made the answer, else of the last
 * that had any. Absent where no attempt told.
 */
function headersAt(attempts: readonly Attempt[]): number | undefined {
  const told = attempts.filter(({ headersMs }) => headersMs !== undefined)
  const attempt = told.find(({ won }) => won) ?? told.at(-1)
  return attempt && attempt.startedAt + (attempt.headersMs ?? 0)
}

/**
 * Measures where the time of one pass goes, for a layer that hands it what its hooks are told. Times count from when the call
 * entered that layer. Keeps no samples. Of a whole answer the events come at once: it then has no first token, gaps or speed.
 *
 * @example
 * middleware({
 *   name: 'times',
 *   start: (call) => new CallMeter(call),
 *   firstToken: (_call, event, meter) => meter.firstContent(event),
 *   event: (_call, event, meter) => meter.event(event),
 *   end: (call, ending, meter) => console.log(meter.report(call, ending).firstTokenMs),
 * })
 */
export class CallMeter {
  /** Attempts of the call that are none of this pass: those before it. */
  readonly #attemptsBefore: number
  readonly #whole: boolean
  #firstContentAt: number | undefined
  #reasoned = false
  readonly #gaps = new GapMeter()

  constructor(call: Call) {
    this.#attemptsBefore = call.attempts.length
    this.#whole = call.mode === 'complete'
  }

  firstContent(event: StreamEvent): void {
    if (!this.#whole) this.#firstContentAt = event.at
  }

  event(event: StreamEvent): void {
    if (this.#whole || !isToken(event)) return
    if (event.type === 'reasoning') this.#reasoned = true
    this.#gaps.token(event.at)
  }

  /** What was measured. Attempts that are none of this pass may be left out. Default: those that were made since it began. */
  report(call: Call, ending: Ending, attempts: readonly Attempt[] = call.attempts.slice(this.#attemptsBefore)): Timing {
    const { providerMs, consumerMs, completion, at } = ending
    const totalMs = providerMs + consumerMs
    const since = (then: number | undefined): number | undefined =>
      then === undefined ? undefined : Math.max(0, then - (at - totalMs))
    const headersMs = since(headersAt(attempts))
    const firstTokenMs = since(this.#firstContentAt)
    const gaps = this.#gaps.report()
    const first = this.#firstContentAt
    const elapsedMs = first === undefined ? 0 : (this.#gaps.lastAt ?? first) - first
    // of an answer that was cut short a provider has counted some earlier state
    const usage = ending.kind === 'done' ? completion.usage : undefined
    const speed = outputTokensPerSecond({ usage, reasoned: this.#reasoned, elapsedMs })
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
}
