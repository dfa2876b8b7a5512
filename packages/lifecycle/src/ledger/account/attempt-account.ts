import type { Turn } from '../script/scene.ts'
import type { ScriptLine } from '../script/script.ts'
import type { Heard } from '../stage/provider.ts'
import { usdOf } from '../stage/tariff.ts'
import { type SourcedTokens, type Tokens, wordsIn } from './tokens.ts'

/** What the ledgers say of one attempt. */
export interface AttemptAccount {
  readonly turn: Turn
  /** The request as the provider had it; absent where a time limit was met before it left. */
  readonly heard: Heard | undefined
  /** The tokens of which the provider's word was read. */
  readonly told: Tokens | undefined
  /** What of them stands at the start of a stream. */
  readonly toldAtStart: Tokens | undefined
  /** What it used, with what is estimated; absent where it cost nothing. */
  readonly used: SourcedTokens | undefined
  /** US dollars; `undefined` where nobody knows. */
  readonly usd: number | undefined
}

/** What the chat format adds to the words of a request with one message. */
const FORMAT_TOKENS = 6

function estimatedInput({ request }: ScriptLine): number {
  if ('input' in request) return request.input.reduce((sum, text) => sum + wordsIn(text), 0)
  return request.messages.reduce((sum, { content }) => sum + wordsIn(String(content)), FORMAT_TOKENS)
}

/** The attempt that is looked at. */
interface Looked {
  readonly turn: Turn
  readonly index: number
  readonly heard: Heard | undefined
  /** Words that the caller has read. */
  readonly seenWords: number
}

/** Words of the answer that came through the attempt: the retry looks ahead to the first, whatever the caller reads. */
function wordsThrough({ draft, scene }: ScriptLine, { turn, index, seenWords }: Looked): number {
  if (draft.operation === 'embed' || !turn.heard || turn.usageRead === 'nothing') return 0
  if (turn.ends === 'done') return draft.words
  const last = index === scene.turns.length - 1
  return last ? Math.max(1, seenWords) : 0
}

function usedBy(line: ScriptLine, looked: Looked, told: Tokens | undefined): SourcedTokens | undefined {
  const { turn } = looked
  if (turn.free && told === undefined) return undefined
  const embeds = line.draft.operation === 'embed'
  const seen = wordsThrough(line, looked)
  const output = embeds ? {} : { outputTokens: seen }
  if (told === undefined) return { inputTokens: estimatedInput(line), ...output, source: 'estimate' }
  if (turn.ends === 'done') return { ...told, source: 'provider' }
  const { inputTokens = estimatedInput(line), outputTokens = 0 } = told
  return { ...told, inputTokens, outputTokens: Math.max(outputTokens, seen), source: 'partial' }
}

/** The account of one attempt. */
export function accountOfAttempt(line: ScriptLine, looked: Looked): AttemptAccount {
  const { turn, heard } = looked
  const said = heard?.told ?? {}
  const told = turn.usageRead === 'all' ? said.all : turn.usageRead === 'start' ? said.start : undefined
  const used = usedBy(line, looked, told)
  const usd = used === undefined ? 0 : usdOf(line.request.model, used)
  return { turn, heard, told, toldAtStart: said.start, used, usd }
}
