import type { EventBody, StreamEvent } from '@cepa/core'
import { fromBase64, toBase64 } from './base64.ts'
import { type Dialect, writeJson } from './write-json.ts'

/** An event of a stored answer: what it says, and when it came. */
export interface StoredEvent {
  /** Milliseconds from the moment that the cache asked what is inside. */
  readonly afterMs: number
  readonly body: EventBody & { readonly choice?: number }
}

const BYTES = '$bytes'

/**
 * Values as JSON that come back as they were: bytes become `{ "$bytes": base64 }`, and a field that begins with `$` gets one more.
 * What would come back as something else is refused.
 */
const DIALECT: Dialect = {
  sorted: false,
  toJson: false,
  bytes: (bytes) => `{"${BYTES}":"${toBase64(bytes)}"}`,
  field: (name) => (name.startsWith('$') ? `$${name}` : name),
}

/** Hundredths of a millisecond are enough for a replay, and short to write. */
const rounded = (ms: number): number => Math.round(ms * 100) / 100

const isPlainText = (event: StreamEvent): event is StreamEvent & { type: 'text' } =>
  event.type === 'text' && event.choice === undefined

/**
 * One event as text: `[12.5,"Hello"]` for the most frequent kind, `[12.5,{"type":…}]` for the others.
 *
 * @param since `clock.now()` of the moment that times count from.
 * @throws {Unwritable} for an event that cannot be stored and come back as it was.
 */
export function encodeEvent(event: StreamEvent, since: number): string {
  const afterMs = rounded(Math.max(0, event.at - since))
  if (isPlainText(event)) return `[${afterMs},${JSON.stringify(event.text)}]`
  const { at: _at, ...body } = event
  return `[${afterMs},${writeJson(body, DIALECT, 'event')}]`
}

/** The event of a text that was parsed. What is no event is an error. */
export function decodeEvent(item: unknown): StoredEvent {
  const [afterMs, said] = item as [number, unknown]
  if (typeof afterMs !== 'number') throw new Error('an event without its time')
  if (typeof said === 'string') return { afterMs, body: { type: 'text', text: said } }
  const body = revive(said) as StoredEvent['body']
  if (typeof body?.type !== 'string') throw new Error('an event without its type')
  // arguments that were no JSON are `undefined`, which JSON leaves out
  return { afterMs, body: body.type === 'tool-call' ? { ...body, arguments: body.arguments } : body }
}

function revive(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(revive)
  const fields = value as Readonly<Record<string, unknown>>
  const bytes = fields[BYTES]
  if (typeof bytes === 'string') return fromBase64(bytes)
  return Object.fromEntries(
    Object.entries(fields).map(([name, each]) => [name.startsWith('$') ? name.slice(1) : name, revive(each)]),
  )
}
