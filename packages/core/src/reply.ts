import type { Completion } from './completion.ts'
import type { StreamEvent } from './event.ts'
import type { EventSource } from './feed.ts'
import { replyFrom } from './live-reply.ts'

/**
 * An answer on its way out: read it as a stream, or ask for the whole with {@link Reply.result}. It has one reader and one ending.
 */
export interface Reply extends AsyncIterable<StreamEvent>, AsyncDisposable {
  /**
   * The whole answer. Called before the loop it reads the rest itself, from the next microtask on; during or after the loop it
   * waits for the loop's end. Always the same promise.
   *
   * @throws what ended the reply, for every ending but `done`; the error's `ending` has what had come by then.
   */
  result(): Promise<Completion>
  /** Leaves the reply: its passes end `abandoned`, the provider's connection closes. */
  cancel(reason?: unknown): Promise<void>
  /**
   * Changes events as they pass, for what is outside: one event becomes one, several or none. `end` must come through; events
   * may be added before it. If `fn` throws, this layer and those outside fail.
   */
  transform(fn: Transform): Reply
  /**
   * Reads ahead to the first event for which `until` holds (default: the first content), keeps what was read for the reader, and
   * gives that event; `undefined` if the answer ended before.
   */
  peek(until?: (event: StreamEvent) => boolean): Promise<StreamEvent | undefined>
}

/** What {@link Reply.transform} takes. */
export type Transform = (event: StreamEvent) => StreamEvent | readonly StreamEvent[] | undefined

/** How {@link replyFrom} makes a reply. */
export interface ReplyFromOptions {
  /** The inner reply that the new one reads and replaces: its facts go outward with the new one, and it ends with it. */
  readonly of?: Reply
}

/** The signature of {@link Reply.from}. */
export type ReplyFrom = (source: EventSource, options?: ReplyFromOptions) => Reply

/** Makes replies: `Reply.from(events)`, `Reply.from(feed)`, `Reply.from(events, { of: reply })`. */
export const Reply: { readonly from: ReplyFrom } = { from: replyFrom }
