import type { CacheOutcome, EndingKind } from '@cepa/core'
import type { Provider } from '../script/scene.ts'
import type { ScriptLine } from '../script/script.ts'
import type { CallerView } from '../stage/caller.ts'
import { DETACHED } from '../stage/layers.ts'
import type { Heard, ScriptedProvider } from '../stage/provider.ts'
import { type AttemptAccount, accountOfAttempt } from './attempt-account.ts'
import { type SourcedTokens, sumOfSourced, sumOfTokens, type Tokens, wordsIn } from './tokens.ts'

/** What the ledgers of script, caller and provider say of one call, or of one that was detached from it. */
export interface Account {
  readonly key: string
  readonly line: ScriptLine
  readonly detached: boolean
  readonly caller: CallerView
  readonly ending: EndingKind
  readonly errorKind: string | undefined
  readonly cache: CacheOutcome['outcome'] | undefined
  readonly attempts: readonly AttemptAccount[]
  /** The answer's own tokens: of an answer from the cache, what it had used when it was bought. */
  readonly answer: Tokens | undefined
  /** What all attempts spent, estimates included. */
  readonly spent: SourcedTokens | undefined
  /** What the provider itself said, over all attempts. */
  readonly told: Tokens | undefined
  /** US dollars; `unknown` where nobody knows, absent where nothing could be spent. */
  readonly usd: number | 'unknown' | undefined
  /** What an answer from the cache had used, and cost, when it was bought. */
  readonly saved: { readonly tokens: Tokens; readonly usd: number | undefined } | undefined
}

/** The ledgers. */
export interface Ledgers {
  readonly lines: readonly ScriptLine[]
  readonly views: ReadonlyMap<string, CallerView>
  readonly providers: Readonly<Record<Provider, Pick<ScriptedProvider, 'heard'>>>
}

function answerOf(attempts: readonly AttemptAccount[], ending: EndingKind): Tokens | undefined {
  const answering = ending === 'done' ? attempts.find(({ turn }) => turn.ends === 'done') : attempts.at(-1)
  return answering?.used
}

function usdOf(attempts: readonly AttemptAccount[]): number | 'unknown' {
  const costs = attempts.map(({ usd }) => usd)
  return costs.includes(undefined) ? 'unknown' : costs.reduce<number>((sum, usd) => sum + (usd ?? 0), 0)
}

/** A call that was answered or failed with requests of its own, if any. */
function accountOfAsked(
  line: ScriptLine,
  { key, detached, caller, heard }: { key: string; detached: boolean; caller: CallerView; heard: readonly Heard[] },
): Account {
  const { scene } = line
  const turns = detached && scene.detached ? [scene.detached] : scene.turns
  const seenWords = detached || line.draft.mode === 'complete' ? 0 : wordsIn(caller.text)
  const attempts = turns.map((turn, index) => accountOfAttempt(line, { turn, index, heard: heard[index], seenWords }))
  const billed = attempts.flatMap(({ used }) => used ?? [])
  const told = attempts.flatMap((attempt) => attempt.told ?? [])
  const ending = detached ? 'done' : scene.ends
  const { cache = 'miss' } = scene
  const reached = !scene.unseen && cache !== 'hit' && !(cache === 'miss' && turns.length === 0)
  return {
    key,
    line,
    detached,
    caller,
    ending,
    errorKind: detached ? undefined : scene.errorKind,
    cache: detached || cache === 'none' ? undefined : cache,
    attempts,
    answer: answerOf(attempts, ending),
    spent: sumOfSourced(billed),
    told: told.length === 0 ? undefined : sumOfTokens(told),
    usd: reached ? usdOf(attempts) : undefined,
    saved: undefined,
  }
}

/**
 * What the account of a hit takes from that of the call whose answer it gives. What was saved may be an estimate; the answer itself says
 * what its provider said, which may be nothing.
 */
function withSource(account: Account, source: Account): Account {
  const { told, toldAtStart, used = {} } = source.attempts.at(-1) ?? {}
  const { provider, mode } = source.line.draft
  // a reader who leaves has only what an answer says of its tokens at its beginning; a whole one of Anthropic says all of it there
  const atStart = provider === 'anthropic' && mode === 'complete' ? told : toldAtStart
  const answer = account.ending === 'done' ? told : atStart
  const usd = source.usd === 'unknown' ? undefined : source.usd
  return { ...account, answer, saved: { tokens: told ?? used, usd } }
}

/** One account for each call of the script, and for each that was detached from one. */
export function accountsOf({ lines, views, providers }: Ledgers): readonly Account[] {
  const accounts = new Map<string, Account>()
  for (const line of lines) {
    const caller = views.get(line.key)
    if (caller === undefined) throw new Error(`${line.key} was not played`)
    for (const detached of line.scene.detached ? [false, true] : [false]) {
      const key = detached ? line.key + DETACHED : line.key
      const heard = providers[line.draft.provider].heard(key)
      const account = accountOfAsked(line, { key, detached, caller, heard })
      const source = line.source && accounts.get(line.source.key)
      accounts.set(key, source ? withSource(account, source) : account)
    }
  }
  return [...accounts.values()]
}
