import type { AdapterCall, EventBody, Feed, StreamEvent } from '@cepa/core'
import type { ReferenceOptions } from './reference-adapter.ts'
import { innerError, networkError, truncated } from './reference-errors.ts'
import type { ChatEvents, Chunk } from './reference-events.ts'
import type { SseLines } from './reference-sse.ts'

interface FeedContext {
  readonly call: AdapterCall
  readonly response: Response
  readonly stop: AbortController
  readonly lines: SseLines
  readonly events: ChatEvents
  readonly options: ReferenceOptions
}

type Pulled = StreamEvent | null

/** What a stream and a whole answer share: the queue, the closing, the count of bytes. */
abstract class BodyFeed implements Feed {
  protected readonly context: FeedContext
  #queue: EventBody[] = []
  #over = false
  #release: ((end: null) => void) | undefined
  #bytes = 0

  constructor(context: FeedContext) {
    this.context = context
  }

  pull(): Promise<Pulled> {
    if (this.context.options.faults.has('close leaves a pull pending')) return this.#next()
    return new Promise((resolve, reject) => {
      this.#release = resolve
      this.#next().then(resolve, reject)
    })
  }

  close(): void {
    this.#over = true
    this.#release?.(null)
    if (!this.context.options.faults.has('goes on when it is left')) this.context.stop.abort()
  }

  /** Reads on: the next events, or `undefined` after the last. */
  protected abstract read(): Promise<EventBody[] | undefined>

  protected count(bytes: number): void {
    const { call, options } = this.context
    this.#bytes += bytes
    if (!options.faults.has('reports nothing')) call.attempt.report({ bytesReceived: this.#bytes })
  }

  async #next(): Promise<Pulled> {
    const { call, options, stop } = this.context
    while (this.#queue.length === 0 && !this.#over) {
      let more: EventBody[] | undefined
      try {
        more = await this.read()
      } catch (error) {
        if (!stop.signal.aborted) throw error
        // a pull that waits for ever, as one over a stream that nobody closes
        if (options.faults.has('close leaves a pull pending')) await new Promise(() => undefined)
      }
      if (more === undefined) this.#over = true
      else this.#queue.push(...more)
    }
    const body = this.#queue.shift()
    if (body === undefined) return null
    const at = options.faults.has('time of the machine') ? performance.now() : call.clock.now()
    return { ...body, at }
  }
}

/** A whole answer. */
export class WholeFeed extends BodyFeed {
  #read = false

  protected async read(): Promise<EventBody[] | undefined> {
    if (this.#read) return undefined
    this.#read = true
    const { response, events, options, stop } = this.context
    const bytes = await response.arrayBuffer().catch((error) => {
      throw stop.signal.aborted ? error : networkError(error, options)
    })
    this.count(bytes.byteLength)
    const chunk = parsed(new TextDecoder().decode(bytes))
    if (chunk === undefined) throw truncated()
    if (chunk.error) throw innerError(chunk.error.message, options)
    const { usage: _, ...silent } = chunk
    return [...events.of(options.faults.has('whole answers without usage') ? silent : chunk), ...events.end()]
  }
}

/** An event stream. */
export class SseFeed extends BodyFeed {
  readonly #lines: SseLines
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined
  #ended = false

  constructor(context: FeedContext) {
    super(context)
    this.#lines = context.lines
  }

  protected async read(): Promise<EventBody[] | undefined> {
    const { response, options, stop } = this.context
    if (this.#ended) return undefined
    this.#reader ??= (response.body as ReadableStream<Uint8Array>).getReader()
    const { value, done } = await this.#reader.read().catch((error) => {
      throw stop.signal.aborted ? error : networkError(error, options)
    })
    if (value) this.count(value.length)
    const said = done ? this.#lines.rest() : this.#lines.feed(value as Uint8Array)
    const made: EventBody[] = []
    for (const data of said) made.push(...this.#eventsOf(data, made))
    return done && !this.#ended ? this.#finish(made) : made
  }

  #eventsOf(data: string, before: readonly EventBody[]): EventBody[] {
    const { events, options } = this.context
    if (this.#ended) return []
    if (data === '[DONE]') return this.#end()
    const chunk = parsed(data)
    if (chunk === undefined) return []
    if (!chunk.error) return events.of(chunk)
    this.#ended = true
    const error = innerError(chunk.error.message, options)
    if (before.length === 0 || options.faults.has('an error inside loses what came before')) throw error
    return this.#failLater(error)
  }

  /** What came with the error is given first. */
  #failLater(error: Error): EventBody[] {
    this.read = async () => {
      throw error
    }
    return []
  }

  #finish(made: EventBody[]): EventBody[] {
    const { events, options } = this.context
    this.#ended = true
    if (events.finished || options.faults.has('truncated is a success')) return [...made, ...events.end()]
    if (made.length === 0) throw truncated()
    this.#failLater(truncated())
    return made
  }

  #end(): EventBody[] {
    this.#ended = true
    return this.context.events.end()
  }
}

const parsed = (text: string): Chunk | undefined => {
  try {
    return JSON.parse(text) as Chunk
  } catch {
    return undefined
  }
}
