import type {
  AttemptDetails,
  EventBody,
  Finish,
  Operation,
  ProviderError,
  ProviderErrorKind,
  Requests,
  Usage,
} from '@cepa/core'
import type { Network } from './network.ts'

/** A failure as a script writes it: kind or status is enough, the other follows. Default: kind `server`, status 500. */
export interface Failure {
  readonly kind?: ProviderErrorKind
  readonly status?: number
  readonly message?: string
  /** The provider's own code of the error. */
  readonly providerCode?: string
  /** Sent as `retry-after-ms`, and as `retry-after` where it is whole seconds. */
  readonly retryAfterMs?: number
  /** Further response headers; over HTTP only. */
  readonly headers?: Readonly<Record<string, string>>
  /** The response's body instead of the wire's usual error; over HTTP only. */
  readonly body?: string
}

/** Common to the steps that are content: of which candidate, and how many output tokens they cost (default 1). */
interface ContentStep {
  readonly choice?: number
  readonly tokens?: number
}

/** Tokens as a script writes them; `source` is `provider` unless said. */
export type ScriptedUsage = Partial<Usage>

/** A tool call of a script. `argumentsText` is sent as it is, for arguments that are no JSON. `pieces`: in how many deltas (default 2). */
export interface ScriptedToolCall {
  readonly name: string
  /** Default: `call-1`, `call-2`, … */
  readonly id?: string
  readonly arguments?: unknown
  readonly argumentsText?: string
  readonly pieces?: number
}

/** The finish of an answer: in normal form, in the provider's own word (`finishRaw`), with other usage than was counted, or with none. */
export interface EndStep {
  readonly end: Finish
  readonly finishRaw?: string
  readonly usage?: ScriptedUsage | false
}

/**
 * One step of an answer: something that the provider says (`text`, `reasoning`, `toolCall`, `usage`, …), waits for (`waitMs`,
 * `until`), or does wrong (`error`, `stall`, `truncate`, `reset`).
 */
export type Step =
  | ({ readonly text: string } & ContentStep)
  | ({ readonly reasoning: string; readonly signature?: string; readonly redacted?: string } & ContentStep)
  | ({ readonly toolCall: ScriptedToolCall } & ContentStep)
  | { readonly usage: ScriptedUsage }
  | { readonly source: unknown }
  | { readonly file: unknown }
  /** Something that no adapter knows: a `raw` event in process, a frame of its own over HTTP. */
  | { readonly raw: unknown }
  | { readonly embedding: readonly number[]; readonly index?: number }
  /** Any event, also a wrong one. In process only. */
  | { readonly event: EventBody }
  /** Waits on the clock, in milliseconds. */
  | { readonly waitMs: number }
  /** Waits until the test says so. */
  | { readonly until: Promise<unknown> | (() => Promise<unknown>) }
  /** A comment line, such as providers send to keep connections alive. Nothing in process. */
  | { readonly comment: string }
  /** Fails in the middle: the feed throws; over HTTP an error inside the 200 answer. */
  | { readonly error: Failure | Error }
  /** Says nothing more, for ever. */
  | { readonly stall: true }
  /** Ends cleanly without its finish, which an adapter reports as `truncated`. */
  | { readonly truncate: true }
  /** The connection is reset, which an adapter reports as `network`. */
  | { readonly reset: true }
  /** The feed says that no more will come, without `end`: what a broken adapter does. In process only. */
  | { readonly drop: true }
  /** The finish. Added by itself as `stop` to an answer that ends with none of the steps above. */
  | EndStep

/** A whole answer with what surrounds its steps. */
export interface Answer {
  readonly steps?: readonly Step[]
  /** Shorthand for one text step per word, after `steps`. */
  readonly text?: string
  /** Fails instead of answering: before headers in process, with an HTTP status over HTTP. */
  readonly failure?: Failure | Error
  /** The provider's id of the response. Default: `answer-1`, `answer-2`, … */
  readonly id?: string
  /** The model that answers. Default: the one that was asked. */
  readonly model?: string
  /** The provider's id of the request. Default: `request-1`, … */
  readonly providerRequestId?: string
  /** Wait before the headers, in milliseconds. Default: 0. */
  readonly headersMs?: number
  /** Waits before the headers until the test says so. */
  readonly headersUntil?: Promise<unknown> | (() => Promise<unknown>)
  /** Headers never come. */
  readonly noHeaders?: boolean
  /** For whole answers: sends the headers first and then goes through the steps' waits. Default: the headers come with the body. */
  readonly headersFirst?: boolean
  /** Wait before each content step, in milliseconds. Default: 0. */
  readonly everyMs?: number
  /** What the request costs. Default: its words. */
  readonly inputTokens?: number
  /** `false`: the provider tells no usage. Default: it is counted and told with the finish. */
  readonly usage?: false
  /** `false`: no `start` event. In process only. */
  readonly start?: false
  /** Headers of the response; over HTTP only. */
  readonly headers?: Readonly<Record<string, string>>
  /** What the adapter reports of its attempt, beside status 200 and the provider's request id. In process only. */
  readonly attempt?: AttemptDetails
  /** The adapter sends the request again by itself first, for this reason. In process only. */
  readonly resend?: string
  /** How the bytes travel; over HTTP only. */
  readonly network?: Network
}

/** A request as the fake provider received it, for scripts that answer by it. */
export interface SeenRequest {
  /** Position among all requests to this provider, from 0. */
  readonly index: number
  /** In process: how many requests of the same call came before. Over HTTP: how many with the same body did. */
  readonly attempt: number
  readonly operation: Operation
  readonly mode: 'stream' | 'complete'
  /** In process the request itself; over HTTP its parsed body. */
  readonly request: Requests[Operation]
  readonly headers: Readonly<Record<string, string>>
}

/** What one request is answered with: a text, its steps, or a whole answer. */
export type ScriptedAnswer = string | readonly Step[] | Answer

/** What a fake provider says: always the same, or by request. */
export type Script = ScriptedAnswer | ((seen: SeenRequest) => ScriptedAnswer)

/**
 * A script that gives one answer after the other, by order of requests; the last one stays.
 *
 * @example
 * fakeProvider(inTurn({ failure: { kind: 'rate-limit' } }, 'Hello'))
 */
export const inTurn =
  (...answers: readonly [ScriptedAnswer, ...ScriptedAnswer[]]): ((seen: SeenRequest) => ScriptedAnswer) =>
  ({ index }) =>
    answers[Math.min(index, answers.length - 1)] ?? answers[0]

/** An error that a test made itself, or one made of a failure's words. */
export type ScriptedFailure = Failure | Error | ProviderError
