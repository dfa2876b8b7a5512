import type { Clock, Feed, StreamEvent, Usage } from '@cepa/core'
import type { StoredEvent } from './event-codec.ts'

/** How a stored answer is given again. */
export interface Replay {
  readonly clock: Clock
  /** `instant`: as fast as it is read. `recorded`: each event as long after the start as it was when the answer was bought. */
  readonly timing: 'instant' | 'recorded'
  /** A whole answer has one time: its events come together, when the last is due. */
  readonly whole: boolean
}

const stamped = (usage: Usage): Usage => ({ ...usage, source: 'cache' })

/** The event of a stored one at a time; its usage says that it comes from a cache (rule A2). */
function eventOf({ body }: StoredEvent, at: number): StreamEvent {
  if (body.type !== 'usage' && body.type !== 'end') return { ...body, at }
  return body.usage === undefined ? { ...body, at } : { ...body, usage: stamped(body.usage), at }
}

/** A stored answer as a source of events. Reads nothing ahead, and asks nobody. */
export class ReplayFeed implements Feed {
  readonly #events: readonly StoredEvent[]
  readonly #replay: Replay
  readonly #startedAt: number
  #next = 0
  #wholeAt: number | undefined
  #cancelTimer: (() => void) | undefined
  #settle: ((event: StreamEvent | null) => void) | undefined

  constructor(events: readonly StoredEvent[], replay: Replay) {
    this.#events = events
    this.#replay = replay
    this.#startedAt = replay.clock.now()
  }

  pull(): StreamEvent | null | Promise<StreamEvent | null> {
    const event = this.#events[this.#next]
    if (event === undefined) return null
    this.#next += 1
    const { clock, timing } = this.#replay
    if (timing === 'instant') return eventOf(event, this.#together(clock.now()))
    const dueAt = this.#startedAt + this.#dueMs(event)
    const waitMs = dueAt - clock.now()
    if (waitMs <= 0) return eventOf(event, dueAt)
    return new Promise((resolve) => {
      this.#settle = resolve
      this.#cancelTimer = clock.setTimer(waitMs, () => resolve(eventOf(event, dueAt)))
    })
  }

  close(): void {
    this.#next = this.#events.length
    this.#cancelTimer?.()
    this.#settle?.(null)
  }

  /** The time of an event that is read now: for a whole answer that of its first. */
  #together(now: number): number {
    if (!this.#replay.whole) return now
    this.#wholeAt ??= now
    return this.#wholeAt
  }

  #dueMs(event: StoredEvent): number {
    return (this.#replay.whole ? this.#events.at(-1) : event)?.afterMs ?? 0
  }
}
