import type { StreamEvent } from './event.ts'
import type { Transform } from './reply.ts'

const isEvent = (made: unknown): boolean => typeof (made as StreamEvent | null)?.type === 'string'

/** What is wrong with what a transform made of an event (rule R4); `undefined` where nothing is. */
export function transformProblem(event: StreamEvent, made: ReturnType<Transform>): string | undefined {
  if (made === undefined) return event.type === 'end' ? 'dropped `end`' : undefined
  if (!Array.isArray(made)) {
    const { type } = made as StreamEvent
    if (type === event.type) return undefined
    if (!isEvent(made)) return 'gave something that is no event; transforms are synchronous'
    return event.type === 'end' || type === 'end' ? problemOfEnds(event, [made as StreamEvent]) : undefined
  }
  if (!made.every(isEvent)) return 'gave a list with something that is no event'
  return problemOfEnds(event, made)
}

function problemOfEnds(event: StreamEvent, made: readonly StreamEvent[]): string | undefined {
  const ends = made.filter(({ type }) => type === 'end').length
  if (event.type !== 'end') return ends === 0 ? undefined : 'made an `end` of its own'
  return ends === 1 && made.at(-1)?.type === 'end' ? undefined : 'let something else than one `end` through last'
}
