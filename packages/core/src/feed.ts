import type { StreamEvent } from './event.ts'

/**
 * A source of events as the driver reads it: the innermost end of a reply. `pull` may answer at once; `null` says that no more
 * will come. `close` may be called at any time and more than once, never throws, and settles a pending pull at once (rule R2).
 */
export interface Feed {
  pull(): StreamEvent | null | Promise<StreamEvent | null>
  close(reason?: unknown): void
}

/** Where events may come from: a feed, or anything iterable. */
export type EventSource = Feed | Iterable<StreamEvent> | AsyncIterable<StreamEvent>

// a reply has `pull` too, and is read as what it is: an iterable
const isFeed = (source: EventSource): source is Feed =>
  typeof (source as Partial<Feed>).pull === 'function' && typeof (source as Partial<Feed>).close === 'function'

/**
 * A feed over any source. Foreign iterators are held to the feed's rules: a pending pull settles at `close`, `return` is called
 * once and not waited for, and what it throws is dropped.
 */
export function feedOf(source: EventSource): Feed {
  if (isFeed(source)) return source
  if (Symbol.asyncIterator in source) return new AsyncIteratorFeed(source)
  return new IteratorFeed(source)
}

class IteratorFeed implements Feed {
  readonly #source: Iterable<StreamEvent>
  #iterator: Iterator<StreamEvent> | undefined
  #closed = false
  constructor(source: Iterable<StreamEvent>) {
    this.#source = source
  }

  pull(): StreamEvent | null {
    if (this.#closed) return null
    this.#iterator ??= this.#source[Symbol.iterator]()
    const step = this.#iterator.next()
    return step.done ? null : step.value
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    try {
      // also where nothing was pulled: what stands behind it may be open already
      this.#iterator ??= this.#source[Symbol.iterator]()
      this.#iterator.return?.()
    } catch {
      // a foreign iterator's last words have no reader any more
    }
  }
}

class AsyncIteratorFeed implements Feed {
  readonly #source: AsyncIterable<StreamEvent>
  #iterator: AsyncIterator<StreamEvent> | undefined
  #closed = false
  #release: ((end: null) => void) | undefined
  constructor(source: AsyncIterable<StreamEvent>) {
    this.#source = source
  }

  pull(): Promise<StreamEvent | null> | null {
    if (this.#closed) return null
    this.#iterator ??= this.#source[Symbol.asyncIterator]()
    // some iterators answer without a promise
    const step = Promise.resolve(this.#iterator.next())
    return new Promise((resolve, reject) => {
      this.#release = resolve
      step.then((result) => resolve(result.done ? null : result.value), reject)
    })
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#release?.(null)
    try {
      this.#iterator ??= this.#source[Symbol.asyncIterator]()
      this.#iterator.return?.()?.then(undefined, () => undefined)
    } catch {
      // a foreign iterator's last words have no reader any more
    }
  }
}
