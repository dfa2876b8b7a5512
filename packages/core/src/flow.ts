import type { Close } from './close.ts'
import type { Entry } from './entry.ts'
import { EndedError, errorOf } from './errors.ts'
import type { StreamEvent } from './event.ts'
import type { Feed } from './feed.ts'
import { Outcome } from './outcome.ts'
import { ReadAhead } from './read-ahead.ts'
import type { Transform } from './reply.ts'
import type { Root } from './root.ts'
import { eventOf, isPromise, type Pulled, Source } from './source.ts'
import { type Driver, READER, WayOut } from './way-out.ts'

/**
 * The driver of one reply: pulls an event from the source when the reader asks for one, and lets it pass every layer that the
 * reply has crossed, in one hop. It knows nothing of the reader's handle, so that a forgotten handle can be collected.
 */
export class Flow implements Driver {
  /** The inner reply that this one's source reads, if it said so. */
  readonly of: Flow | undefined
  readonly outcome: Outcome = new Outcome()
  /** Told once when the flow is over, however. */
  onSettled: (() => void) | undefined
  /** What ended the flow, if an error did. */
  error: Error | undefined
  readonly #source: Source
  readonly #way: WayOut = new WayOut(this)
  #state: 'open' | 'done' | 'failed' | 'left' = 'open'
  /** The first entry that was attached, innermost. */
  #innermost: Entry | undefined
  #root: Root | undefined
  #ahead: ReadAhead | undefined
  /** What a reader gets who comes after the flow was given up as unread. */
  #unread: EndedError | undefined

  constructor(feed: Feed, of?: Flow) {
    this.#source = new Source(feed)
    this.of = of
    this.#root = of === undefined ? undefined : of.#root
  }

  get state(): 'open' | 'done' | 'failed' | 'left' {
    return this.#state
  }

  /** Time in milliseconds that pulls have waited for the source. */
  get waitedMs(): number {
    return this.#source.waitedMs
  }

  /** The reply is the caller's answer: so is the attempt that made it. */
  win(): void {
    this.#innermost?.place.won?.()
    this.of?.win()
  }

  /** The reply crosses an entry's layers on its way out. */
  attach(entry: Entry): void {
    this.#way.attach(entry)
    if (this.#innermost) return
    this.#innermost = entry
    this.#root = entry.root
    this.#source.attach(entry)
  }

  /** Changes events for what is outside from here on. */
  transform(fn: Transform): void {
    this.#way.transform(fn)
  }

  /** The reader's next event; `null` after the last. @throws what failed the flow. */
  pull(): Pulled {
    // nearly every event of nearly every call goes this way: one segment, nothing queued, an answer at once
    const { only } = this.#way
    if (only === undefined || this.#state !== 'open') return this.#pullOutermost()
    const pulled = this.#pullSource()
    if (isPromise(pulled)) return this.#wait(pulled, READER)
    if (pulled === null || pulled.type === 'end' || this.#state !== 'open')
      return this.#take(pulled, READER) ?? this.#over()
    this.#root?.beginStep()
    try {
      only.observe(pulled)
      return pulled
    } catch (thrown) {
      this.fail(errorOf(thrown))
    } finally {
      this.#root?.endStep()
    }
    return this.#over()
  }

  /** Reads ahead to an event that `until` holds for; what was read waits for the layers further out and the reader. */
  peek(until?: (event: StreamEvent) => boolean): Promise<StreamEvent | undefined> {
    this.#ahead ??= new ReadAhead(this.#way, (level) => this.#advance(level))
    return this.#ahead.peek(until)
  }

  /** Everything from here on: the answer as it passes the outermost position. */
  async drain(): Promise<void> {
    try {
      while ((await this.pull()) !== null);
    } catch {
      // the outcome has the error
    }
  }

  /** An error crosses outward, from the source, or from a segment's transform at `from`: what is inside of that is abandoned. */
  fail(error: Error, from = 0): void {
    if (this.#state !== 'open') return
    this.#state = 'failed'
    this.error = error
    const at = this.#source.endWait()
    this.#finish({ kind: 'failed', error, at }, { kind: 'abandoned', reason: error, at }, from)
    const ending = this.#way.ending
    this.outcome.reject(error, ending && !('error' in ending) ? ending : undefined)
    this.onSettled?.()
  }

  /** What is outside leaves: every pass that has not ended is abandoned, or unread. */
  leave(reason: unknown, kind: 'abandoned' | 'unread' = 'abandoned'): void {
    if (this.#state !== 'open') return
    this.#state = 'left'
    const close: Omit<Close, 'completion'> = { kind, reason, at: this.#source.endWait() }
    this.#finish(close, close, 0)
    const what = kind === 'unread' ? 'the reply was not read in time' : 'the reply was left before its end'
    const error = new EndedError(what, reason === undefined ? undefined : { cause: reason })
    if (kind === 'unread') this.#unread = error
    this.outcome.reject(error, this.#way.ending)
    this.onSettled?.()
  }

  /** The `end` event has passed a segment: its passes are done, and the source is needed no more. */
  endPassed(index: number): void {
    if (index === 0) {
      this.#source.close()
      this.of?.leave('the reply that reads it has ended')
    }
    this.#way.finishAt(index, { kind: 'done', at: this.#now() })
  }

  /** The reader leaves; within a hook, as soon as the step is over that the hook runs in. */
  cancel(reason: unknown): void {
    const act = () => this.leave(reason)
    if (this.#root) this.#root.afterStep(act)
    else act()
  }

  #now(): number {
    return this.#root?.now() ?? 0
  }

  /** Closes the source, then ends all passes, innermost first: those of segments before `from` in another way. */
  #finish(close: Omit<Close, 'completion'>, before: Omit<Close, 'completion'>, from: number): void {
    this.#root?.beginStep()
    try {
      this.#source.close(before.reason)
      this.of?.leave(before.reason, before.kind === 'unread' ? 'unread' : 'abandoned')
      this.#way.finish(close, before, from)
    } finally {
      this.#root?.endStep()
    }
  }

  #pullOutermost(): Pulled {
    const peek = this.#ahead?.underWay
    const pull = () => this.pull()
    return peek ? peek.then(pull, pull) : this.#advance(READER)
  }

  /** One event past the first `level` segments. Answers at once where the source does. */
  #advance(level: number): Pulled {
    const pulled = this.#advanceNow(level)
    return isPromise(pulled) ? this.#wait(pulled, level) : pulled
  }

  /** As far as it goes without waiting: an event that came out, the end, or the source's promise. */
  #advanceNow(level: number): Pulled {
    while (this.#state === 'open') {
      let event: StreamEvent | undefined
      if (this.#way.hasWaiting(level)) event = this.#pass(level)
      else {
        const pulled = this.#pullSource()
        if (isPromise(pulled)) return pulled
        event = this.#take(pulled, level)
      }
      if (event !== undefined) return event
    }
    return this.#over()
  }

  #pullSource(): Pulled {
    try {
      return this.#source.pull()
    } catch (thrown) {
      this.fail(errorOf(thrown))
      return null
    }
  }

  async #wait(pulled: Promise<StreamEvent | null>, level: number): Promise<StreamEvent | null> {
    for (let waiting = pulled; ; ) {
      this.#source.beginWait()
      let event: StreamEvent | null = null
      try {
        event = eventOf(await waiting)
      } catch (thrown) {
        this.fail(errorOf(thrown))
      }
      this.#source.endWait()
      const next = this.#take(event, level) ?? this.#advanceNow(level)
      if (!isPromise(next)) return next
      waiting = next
    }
  }

  #take(event: StreamEvent | null, level: number): StreamEvent | undefined {
    if (this.#state !== 'open') return undefined
    if (event !== null) return this.#pass(level, event)
    this.fail(this.#source.truncated)
    return undefined
  }

  /** Takes an event, or what waits on the way, out to a level. The `end` that comes out where the reader is ends the flow. */
  #pass(level: number, event?: StreamEvent): StreamEvent | undefined {
    this.#root?.beginStep()
    try {
      const passed = event ? this.#way.pass(event, 0, level) : this.#way.passWaiting(level)
      if (passed?.type === 'end' && level === READER) this.#done()
      return passed
    } catch (thrown) {
      this.fail(errorOf(thrown))
      return undefined
    } finally {
      this.#root?.endStep()
    }
  }

  #done(): void {
    this.#state = 'done'
    this.outcome.resolve(() => this.#way.completion())
    this.onSettled?.()
  }

  #over(): null {
    if (this.#state === 'failed') throw this.error
    if (this.#unread) throw this.#unread
    return null
  }
}
