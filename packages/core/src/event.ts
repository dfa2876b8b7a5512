/** Why an answer ended, in one vocabulary for every provider. */
export type Finish = 'stop' | 'length' | 'tool-calls' | 'content-filter' | 'refusal' | 'pause' | 'other'

/** Where a number of tokens comes from. */
export type UsageSource = 'provider' | 'estimate' | 'partial' | 'cache'

/**
 * Tokens of one answer. A field that is absent is unknown, never 0. `inputTokens` includes what was read from and written to
 * the provider's prompt cache, `outputTokens` includes reasoning; the other counts are parts of these two.
 */
export interface Usage {
  readonly inputTokens?: number
  readonly outputTokens?: number
  readonly cacheReadTokens?: number
  /** Written to the provider's prompt cache, both lifetimes together. */
  readonly cacheWriteTokens?: number
  /** The part of `cacheWriteTokens` that was written for one hour. */
  readonly cacheWriteHourTokens?: number
  readonly reasoningTokens?: number
  readonly audioInputTokens?: number
  readonly audioOutputTokens?: number
  readonly imageInputTokens?: number
  readonly imageOutputTokens?: number
  /** Uses of the provider's own paid tools, by their name (`web_search`, …). */
  readonly serverToolUses?: Readonly<Record<string, number>>
  /** The tier that the provider says it billed (`default`, `flex`, `priority`, `batch`, …). */
  readonly serviceTier?: string
  readonly source: UsageSource
}

/** Common to all events: when the bytes were read from the network (`clock.now()`), and of which candidate they are. */
interface EventBase {
  readonly at: number
  /** Index of the candidate, absent where there is one answer only. */
  readonly choice?: number
}

/** One thing of an answer, the same for every provider, streamed or whole. */
export type StreamEvent = EventBase & EventBody

/** The kinds of events, told apart by `type`. */
export type EventBody =
  | { readonly type: 'start'; readonly id?: string; readonly model?: string }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'reasoning'; readonly text: string; readonly signature?: string; readonly redacted?: string }
  | { readonly type: 'tool-call-start'; readonly id: string; readonly name: string }
  | { readonly type: 'tool-call-delta'; readonly id: string; readonly argumentsText: string }
  | ({ readonly type: 'tool-call' } & ToolCall)
  | { readonly type: 'source' | 'file' | 'raw'; readonly value: unknown }
  | { readonly type: 'embedding'; readonly index: number; readonly value: readonly number[] }
  /** Running count; the last one wins. */
  | { readonly type: 'usage'; readonly usage: Usage }
  | ({ readonly type: 'end'; readonly usage?: Usage; readonly finishes?: readonly CandidateFinish[] } & CandidateFinish)

/** How one candidate ended; `finishes` of the `end` event has one per candidate, in order, where there are several. */
export interface CandidateFinish {
  readonly finish: Finish
  /** The provider's own word. */
  readonly finishRaw?: string
}

/** A tool that the model asked for, complete. Arguments that are no JSON are kept as text in `malformed`. */
export interface ToolCall {
  readonly id: string
  readonly name: string
  readonly arguments: unknown
  readonly malformed?: string
}

/**
 * Whether an event is content: what counts as the first token (rule R6) and what forbids a retry once it has passed.
 *
 * @example
 * isContent({ type: 'text', text: 'Hi', at: 0 }) // → true
 */
export function isContent(event: StreamEvent): boolean {
  switch (event.type) {
    case 'text':
      return event.text !== ''
    case 'reasoning':
      return event.text !== '' || event.redacted !== undefined
    case 'tool-call-start':
    case 'tool-call':
    case 'file':
    case 'embedding':
      return true
    default:
      return false
  }
}
