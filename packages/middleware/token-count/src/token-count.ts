import { costFact, detachedEndNote, type Middleware, middleware, usageFact } from '@cepa/core'
import { type Account, type Accounted, accountOf } from './account.ts'
import { OpenToolCalls } from './open-tool-calls.ts'
import {
  CALL_RULES,
  checkTokenCountOptions,
  type TokenCountCallOptions,
  type TokenCountOptions,
} from './token-count-options.ts'
import { withTotals } from './token-totals.ts'
import { Totals } from './totals.ts'

/** What is kept of a pass. */
interface CountPass {
  /** Attempts that the call had made before it came in here. */
  readonly before: number
  readonly open: OpenToolCalls
}

/**
 * A middleware that tells what each call used: the answer's own tokens and, apart from them, what all its attempts spent, losers too
 * (`usageFact`). What a provider did not tell, or did not get to tell because the call ended early, is estimated when the call ends; every
 * usage says whether it is of the provider, an estimate, or both. With a price table it tells what each attempt and the call cost
 * (`costFact`). Running totals are read by {@link getTokenTotals}. Stands outside of what repeats (`fallback`, `retry`).
 *
 * @throws {OptionError} for options that cannot be right.
 *
 * @example
 * const chat = pipeline(openai(), logging(), tokenCount({ prices: prices(), by: ['tenant'] }), retry())
 * await chat(request, { attributes: { tenant: 'acme' } })
 * getTokenTotals(chat).by['tenant']?.['acme']?.usd
 */
export function tokenCount(
  options?: TokenCountOptions,
): Middleware<'tokenCount', readonly [], readonly [typeof usageFact, typeof costFact], TokenCountCallOptions> {
  const settings = checkTokenCountOptions(options)
  const totals = new Totals(settings.by, settings.maxGroups)

  const count = (accounted: Accounted, estimate = settings.estimate): Account => {
    const account = accountOf(accounted, { ...settings, estimate })
    const { attributes, operation } = accounted.call
    totals.add({ account, attributes, embeds: operation === 'embed' })
    return account
  }

  const layer = middleware({
    name: 'tokenCount',
    gives: [usageFact, costFact],
    traits: { accounts: true },
    get data() {
      return settings.data()
    },
    perCall: CALL_RULES,
    start: (call): CountPass => ({ before: call.attempts.length, open: new OpenToolCalls() }),
    event(_call, event, pass: CountPass) {
      if (event.type !== 'text') pass.open.add(event)
    },
    note(_call, note) {
      if (!detachedEndNote.is(note)) return
      const { call, ending } = note.value
      throwProblem(count({ call, attempts: call.attempts, ending, pieces: [] }))
    },
    end(call, ending, pass) {
      const attempts = call.attempts.slice(pass.before)
      const account = count({ call, attempts, ending, pieces: pass.open.pieces() }, call.options?.estimate)
      call.give(usageFact, account.usage)
      if (account.cost) call.give(costFact, account.cost)
      throwProblem(account)
    },
  })
  return withTotals(layer, totals)
}

/** What a tokenizer or a price table threw is told as the layer's fault, after all that is known was given. */
function throwProblem({ problem }: Account): void {
  if (problem) throw problem.error
}
