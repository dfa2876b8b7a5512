import type { CacheEntry, Usage } from '@cepa/core'
import { decodeEvent, type StoredEvent } from './event-codec.ts'

/** Version of what is written; an entry of another version is as good as none. */
const FORMAT = 1

/** What is known of a stored answer beside its events. */
export interface Purchase {
  /** What it had used when it was bought. */
  readonly usage?: Usage
  /** What it cost then, in US dollars. */
  readonly costUsd?: number
  /** How long the layers inside and the provider took, in milliseconds. */
  readonly durationMs: number
}

/** A whole answer as it comes out of a store. */
export interface StoredAnswer extends Purchase {
  readonly events: readonly StoredEvent[]
  /** When it was stored, in milliseconds since the Unix epoch. */
  readonly storedAt: number
}

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * The entry of an answer: its events as JSON in UTF-8, with the few numbers that are known of it. Nothing of the request is in it.
 *
 * @param events each encoded already, see {@link encodeEvent}.
 */
export function encodeAnswer(purchase: Purchase, events: readonly string[], storedAt: number): CacheEntry {
  const { usage, durationMs, costUsd } = purchase
  const usageField = usage === undefined ? '' : `"usage":${JSON.stringify(usage)},`
  return {
    value: encoder.encode(`{${usageField}"events":[${events.join()}]}`),
    storedAt,
    metadata: { format: FORMAT, durationMs, ...(costUsd !== undefined && { costUsd }) },
  }
}

/**
 * The answer of an entry; `undefined` for what another version of this package wrote.
 *
 * @throws {Error} for an entry that is damaged: no JSON, no events, no `end`.
 */
export function decodeAnswer({ value, storedAt, metadata }: CacheEntry): StoredAnswer | undefined {
  const { format, durationMs, costUsd } = metadata
  if (format !== FORMAT) return undefined
  const { usage, events } = JSON.parse(decoder.decode(value)) as {
    readonly usage?: Usage
    readonly events: readonly unknown[]
  }
  const decoded = events.map(decodeEvent)
  if (decoded.at(-1)?.body.type !== 'end') throw new Error('a stored answer without its end')
  return {
    events: decoded,
    storedAt,
    durationMs: Number(durationMs),
    ...(usage && { usage }),
    ...(typeof costUsd === 'number' && { costUsd }),
  }
}
