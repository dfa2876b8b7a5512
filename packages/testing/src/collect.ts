import type { CepaError, Completion, Ending, Reply, StreamEvent } from '@cepa/core'

/** What came out of a reply. */
export interface Collected {
  readonly events: readonly StreamEvent[]
  /** The text of all `text` events. */
  readonly text: string
  /** What the loop threw, if it did. */
  readonly error?: Error
  /** How the reply ended, where an error tells it. */
  readonly ending?: Ending
}

/** The text that events carry. */
export const textOf = (events: readonly StreamEvent[]): string =>
  events.reduce((text, event) => (event.type === 'text' ? text + event.text : text), '')

/** The types of events, in order: what most tests compare whole. */
export const typesOf = (events: readonly StreamEvent[]): readonly string[] => events.map(({ type }) => type)

/** Events without their times, for comparisons. */
export const timeless = (events: readonly StreamEvent[]): readonly object[] =>
  events.map(({ at: _, ...event }) => event)

/**
 * Reads a reply in a loop: to its end, or so many events and then leaves. What the loop throws is kept, not thrown.
 *
 * @example
 * const { text, error } = await collect(await chat(request))
 */
export async function collect(
  reply: Reply | Promise<Reply>,
  options: { readonly events?: number } = {},
): Promise<Collected> {
  const { events: limit = Number.POSITIVE_INFINITY } = options
  const events: StreamEvent[] = []
  try {
    for await (const event of await reply) {
      events.push(event)
      if (events.length >= limit) break
    }
  } catch (thrown) {
    const error = thrown as CepaError
    return { events, text: textOf(events), error, ...(error.ending && { ending: error.ending }) }
  }
  return { events, text: textOf(events) }
}

/** A promise's outcome as a value, for calls that are expected to fail. */
export async function outcomeOf<T = Completion>(
  promise: Promise<T>,
): Promise<{ readonly value?: T; readonly error?: CepaError }> {
  try {
    return { value: await promise }
  } catch (error) {
    return { error: error as CepaError }
  }
}
