import type { CacheOutcome, EndingKind } from '@cepa/core'
import type { Answer, ScriptedUsage } from '@cepa/testing'
import type { Cues } from './cues.ts'

/** Providers of the script. */
export type Provider = 'openai' | 'anthropic'

/** What a call asks for and is told, before it is said what becomes of it. */
export interface Draft {
  readonly provider: Provider
  readonly operation: 'chat' | 'embed'
  readonly mode: 'stream' | 'complete'
  /** Words of the answer. */
  readonly words: number
  /** Words after which something happens: at least one, and fewer than all. */
  readonly cut: number
  /** Input tokens, as the provider counts them. */
  readonly inputTokens: number
  /** What the provider says of the tokens instead of what it counted; `false`: nothing. */
  readonly usage?: ScriptedUsage | false
  readonly encoding?: 'gzip'
}

/** What the provider does with one request, and what of it must come through. */
export interface Turn {
  /** Given once the request has come. */
  readonly answer: (cues: Cues) => Answer
  /** How the attempt must end. */
  readonly ends: EndingKind
  /** Of which kind its error is, as metrics count it. */
  readonly errorKind?: string
  /** Whether the headers reach the client. */
  readonly heard: boolean
  /** How much of the provider's word on its tokens is read: all of it, what stands at the start of a stream, nothing. */
  readonly usageRead: 'all' | 'start' | 'nothing'
  /** The body is read to its end, so that the numbers of bytes must be equal. */
  readonly whole: boolean
  /** Refused, so that it costs nothing unless the provider said otherwise. */
  readonly free?: boolean
  /** It is a resend of the adapter's own, for this reason. */
  readonly reason?: string
  /** The time limit that ends it may be met before the request was sent. */
  readonly timed?: boolean
}

/** What the caller does with a call. */
export type Act =
  /** Reads to the end, or waits for the whole answer. With a pause between the events, in milliseconds. */
  | { readonly do: 'read'; readonly pauseMs?: number }
  /** Leaves the loop after so many words: by `break`, by throwing, by `cancel()`. */
  | { readonly do: 'leave'; readonly after: number; readonly by: 'break' | 'throw' | 'cancel' }
  /** Cancels the reply before it has read anything. */
  | { readonly do: 'cancel' }
  /** Fires the signal: before the call, when the provider has the request, when a retry waits, with the reply in hand, after words. */
  | { readonly do: 'abort'; readonly at: 'before' | 'asked' | 'retrying' | 'replied' | number }
  /** Keeps the reply and never reads it. */
  | { readonly do: 'forget' }

/** What becomes of a call. */
export interface Scene {
  /** One for each request that the provider gets. */
  readonly turns: readonly Turn[]
  readonly act: Act
  readonly ends: EndingKind
  /** The kind of error by which it is counted; absent where it is counted by none. */
  readonly errorKind?: string
  /** Default: `miss`. `none`: the cache was not reached. */
  readonly cache?: CacheOutcome['outcome'] | 'none'
  /** Options for its layers. */
  readonly layers?: Readonly<Record<string, unknown>>
  readonly deadlineMs?: number
  /** What happens to a call of its own that a layer detaches from it. */
  readonly detached?: Turn
  /** It asks what an earlier call has asked, whose answer is kept. */
  readonly repeats?: boolean
  /** Nothing of it is seen further in than the outermost layers: its signal had fired before. */
  readonly unseen?: boolean
}
