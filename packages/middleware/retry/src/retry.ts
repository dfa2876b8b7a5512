import { type Call, type Handler, type Middleware, middleware, type Reply, retryNote } from '@cepa/core'
import pRetry from 'p-retry'
import { RetryBudget } from './retry-budget.ts'
import { type Decision, decide, type Judge } from './retry-decision.ts'
import {
  CALL_RULES,
  checkRetryOptions,
  type RetryCallOptions,
  type RetryOptions,
  settingsFor,
} from './retry-options.ts'
import { RetryPass } from './retry-pass.ts'

type RetryCall = Call<unknown, RetryCallOptions>

/** Keeps an error from the loop's own opinion of it: what may be retried is decided here alone. */
class FailedAttempt extends Error {
  readonly failure: Error
  constructor(failure: Error) {
    super(failure.message)
    this.failure = failure
  }
}

/** One attempt: the reply once its first content has come. What came before is kept for the reader, or dropped with the attempt. */
async function attemptOnce(call: RetryCall, next: Handler, pass: RetryPass): Promise<Reply> {
  pass.attempt += 1
  try {
    const reply = await next(call)
    await reply.peek()
    pass.answered = true
    return reply
  } catch (error) {
    throw new FailedAttempt(error as Error)
  }
}

/** Tells outward what follows a failed attempt; makes nothing where nobody listens. */
function tell(call: RetryCall, attempt: number, told: Decision & { readonly error: Error }): void {
  if (call.hears()) call.emit(retryNote, { attempt, ...told })
}

/**
 * A middleware that sends a failed call again: only what is retryable (`ProviderError.retryable`), only before any content has
 * passed, after the wait that the provider asked for or an exponential backoff with full jitter, and within a budget that all
 * calls of the layer share. Everything further in happens once per attempt; everything further out sees one call.
 *
 * `await chat(request)` resolves with the first content, so that an error in the stream before it can be retried too. When it
 * gives up, the call fails with the last attempt's error as it was; the `retry` note says why there was no other.
 *
 * @throws {OptionError} for options that cannot be right.
 *
 * @example
 * const chat = pipeline(openai(), retry({ attempts: 4, maxRetryAfterMs: 20_000 }), timeout())
 * await chat.complete(request, { layers: { retry: { attempts: 1 } } })
 */
export function retry(options: RetryOptions = {}): Middleware<'retry', readonly [], readonly [], RetryCallOptions> {
  const { settings, retryOn, random, data, budget: limits } = checkRetryOptions(options)
  const budget = limits && new RetryBudget(limits)

  const decideWithin = (call: RetryCall, error: Error, pass: RetryPass): Decision => {
    const judge: Judge = { settings: pass.settings, retryOn, random }
    const decision = decide({ error, attempt: pass.attempt }, judge)
    const unpaid = 'delayMs' in decision && budget !== undefined && !budget.take(call.clock.now())
    return unpaid ? { stopped: 'the budget of retries is spent' } : decision
  }

  const afterFailure = async (call: RetryCall, failed: FailedAttempt, pass: RetryPass): Promise<void> => {
    if (pass.over) throw failed
    const { failure: error } = failed
    const decision = decideWithin(call, error, pass)
    tell(call, pass.attempt, { ...decision, error })
    if ('stopped' in decision) throw failed
    await pass.wait(call.clock, decision.delayMs)
    if (pass.over) throw failed
  }

  return middleware<'retry', RetryPass, readonly [], readonly [], RetryCallOptions>({
    name: 'retry',
    traits: { repeats: true },
    // it changes when an answer comes, not what it is
    identity: '',
    data,
    perCall: CALL_RULES,
    provide: (call) => void settingsFor(settings, call.options),
    start: (call) => new RetryPass(settingsFor(settings, call.options)),
    async handle(call, next, pass) {
      budget?.earn(call.clock.now())
      try {
        // no signal for the loop: it would look at it again after a success and lose the live reply. The pass's end stops it
        return await pRetry(() => attemptOnce(call, next, pass), {
          retries: pass.settings.attempts - 1,
          minTimeout: 0,
          onFailedAttempt: ({ error }) => afterFailure(call, error as FailedAttempt, pass),
        })
      } catch (error) {
        throw error instanceof FailedAttempt ? error.failure : error
      }
    },
    end(call, ending, pass) {
      pass.end()
      if (!pass.answered || ending.kind !== 'failed') return
      tell(call, pass.attempt, { stopped: 'content had passed', error: ending.error })
    },
  })
}
