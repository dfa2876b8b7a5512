import type { AttemptDetails } from './attempt.ts'
import type { AdapterCall, Call } from './call.ts'
import type { Reply } from './reply.ts'
import type { Operation, Requests } from './request.ts'

/** What stands inside a layer: takes a call, resolves with the reply once the provider has accepted it. */
export type Handler = (call: Call) => Promise<Reply>

/** Where an adapter's provider is found. */
export type AdapterServer = Readonly<Pick<AttemptDetails, 'serverAddress' | 'serverPort'>>

/** The innermost handler: one request → one provider request → events. */
export interface Adapter {
  /** The provider's name: `openai`, `anthropic`, … */
  readonly name: string
  readonly operations: readonly Operation[]
  /** What beside the request decides the answer (provider, base URL, API version, …), for cache keys (rule K1). No secret. */
  identity(request: Requests[Operation]): string
  handle(call: AdapterCall): Promise<Reply>
  /** The server that it asks, where it is always the same one. For who must know before an attempt is made. */
  readonly server?: AdapterServer
  /** The adapter's options as data, for `explain()`; what is no data by its name as {@link Named}. */
  readonly data?: Readonly<Record<string, unknown>>
  /** Releases what the adapter holds (connections). Called by the pipeline's `close`. */
  close?(): void | Promise<void>
}
