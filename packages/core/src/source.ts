import type { Clock } from './clock.ts'
import type { Entry } from './entry.ts'
import { ContractError, ProviderError } from './errors.ts'
import type { StreamEvent } from './event.ts'
import type { Feed } from './feed.ts'
import { IdleWatch } from './idle-watch.ts'
import { TimedPulls } from './times/timed-pulls.ts'

/** What a pull answers: an event, `null` after the last, or a promise of these. */
export type Pulled = StreamEvent | null | Promise<StreamEvent | null>

/** An event has a type, a promise of one has not. */
export const isPromise = (pulled: Pulled): pulled is Promise<StreamEvent | null> =>
  pulled !== null && !('type' in pulled)

/** What a feed gave, as an event or `null`. @throws {ContractError} (R2) when it is neither. */
export function eventOf(given: unknown): StreamEvent | null {
  if (given === undefined) return null
  if (typeof given === 'object') return given as StreamEvent | null
  throw new ContractError('feed', 'R2', `pull() gave a ${typeof given}, which is no event`)
}

function pullFrom(feed: Feed): Pulled {
  const pulled: unknown = feed.pull()
  return typeof pulled === 'object' ? (pulled as Pulled) : eventOf(pulled)
}

/** Where a flow's events come from: its feed, the time that was spent waiting for it, and the idle limit on such waits (rule E7). */
export class Source {
  readonly #feed: Feed
  #reader: Entry | undefined
  #clock: Clock | undefined
  #idle: IdleWatch | undefined
  #timed: TimedPulls | undefined
  #waitedMs = 0
  #waitingSince: number | undefined

  constructor(feed: Feed) {
    this.#feed = feed
  }

  /** The first entry that the reply crosses has the clock, and, where it stands for a provider, the idle limit. */
  attach(entry: Entry): void {
    this.#reader = entry
    this.#clock = entry.root.options.clock
    this.#timed = TimedPulls.of(entry)
    const { adapter } = entry.place
    const limit = adapter && entry.scope.idleLimit()
    if (limit) this.#idle = new IdleWatch(limit, this.#clock, adapter.name)
  }

  /** Time in milliseconds that pulls have waited, the one that waits now included. */
  get waitedMs(): number {
    return this.#waitedMs + (this.#waitingSince === undefined ? 0 : this.#now() - this.#waitingSince)
  }

  /** @throws what the feed throws; {@link ContractError} where it gives something that is neither an event nor a promise. */
  pull(): Pulled {
    const timed = this.#timed
    return timed?.begin() ? this.#pullTimed(timed) : pullFrom(this.#feed)
  }

  #pullTimed(timed: TimedPulls): Pulled {
    try {
      return pullFrom(this.#feed)
    } finally {
      timed.end()
    }
  }

  /** What a source that has no more without having given `end` fails with: the provider's fault, or that of the layer that made it. */
  get truncated(): Error {
    const adapter = this.#reader?.place.adapter
    const message = 'the events ended without an `end` event'
    if (this.#reader && !adapter) return new ContractError(this.#reader.passes.controller, 'R4', message)
    return new ProviderError({ provider: adapter?.name ?? 'unknown', kind: 'truncated', message })
  }

  /** A pull was not answered at once: the wait begins. */
  beginWait(): void {
    const now = this.#now()
    this.#waitingSince = now
    this.#idle?.start(now)
    this.#timed?.beginWait(now)
  }

  /** It was answered, or the flow is over, be it waited for or not. Gives the time that this is so from. */
  endWait(): number {
    const now = this.#now()
    if (this.#waitingSince !== undefined) this.#waitedMs += now - this.#waitingSince
    this.#waitingSince = undefined
    this.#idle?.pause()
    this.#timed?.endWait(now)
    return now
  }

  /** No more will be asked for. */
  close(reason?: unknown): void {
    this.#idle?.stop()
    try {
      this.#feed.close(reason)
    } catch {
      // a feed must not throw here (rule R2); whatever this one does, the endings must be told
    }
  }

  #now(): number {
    return this.#clock?.now() ?? 0
  }
}
