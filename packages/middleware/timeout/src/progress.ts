import type { Attempt } from '@cepa/core'

/** What a layer has seen of a call. */
export interface Seen {
  /** Whether the reply has come. */
  readonly replied: boolean
  /** Events that have passed. */
  readonly events: number
  /** The attempts that were made since the call entered the layer. */
  readonly attempts: readonly Attempt[]
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`

function beforeReply(attempts: readonly Attempt[]): string {
  const last = attempts.at(-1)
  if (last === undefined) return 'before any attempt'
  if (last.ending !== undefined) return `after ${counted(attempts.length, 'failed attempt')}, before the next`
  const where = last.headersMs === undefined ? 'no headers yet' : 'after headers, no content yet'
  return attempts.length === 1 ? where : `${where}, in attempt ${attempts.length}`
}

/**
 * How far a call got, as a clause for an error's message.
 *
 * @example
 * progressOf({ replied: true, events: 12, attempts: [] }) // → 'after headers and 12 events'
 */
export const progressOf = ({ replied, events, attempts }: Seen): string =>
  replied ? `after headers and ${counted(events, 'event')}` : beforeReply(attempts)
