import { type Feed, ProviderError, type StreamEvent } from '@cepa/core'
import { describeBody } from './excerpt.ts'
import type { Exchange } from './exchange.ts'
import { platform } from './platform.ts'
import type { Reducer, WireMessage, WireParser } from './wire.ts'

/** Bytes of one network read that are parsed at a time, so that what waits in the queue stays small. */
const SLICE_BYTES = 65_536
/** Bytes of the beginning that are kept, to say what was received where nothing of it made sense. */
const BEGINNING_BYTES = 512

/** What a feed is made of. */
export interface AnswerFeedOptions {
  readonly parser: WireParser
  readonly reducer: Reducer
  /** Longest wait for more once the wire's finish was seen, in milliseconds. Default: 3,000. */
  readonly finishWaitMs?: number
}

/**
 * The events of an answer, read from the network only when asked for: bytes → messages → events. One read of the network at a
 * time, all of its events with one `at`; events come synchronously while there are any.
 */
export class AnswerFeed implements Feed {
  #exchange: Exchange
  #parser: WireParser
  #reducer: Reducer
  #finishWaitMs: number
  #queue: StreamEvent[] = []
  #head = 0
  #rest: Uint8Array | undefined
  #beginning: Uint8Array | undefined
  #messages = 0
  #at: number
  #over = false
  #error: Error | undefined
  #release: ((end: null) => void) | undefined
  #cancelTimer: (() => void) | undefined

  constructor(exchange: Exchange, { parser, reducer, finishWaitMs = 3_000 }: AnswerFeedOptions) {
    this.#exchange = exchange
    this.#parser = parser
    this.#reducer = reducer
    this.#finishWaitMs = finishWaitMs
    this.#at = exchange.call.clock.now()
  }

  pull(): StreamEvent | null | Promise<StreamEvent | null> {
    const event = this.#next()
    if (event !== undefined) return event
    return new Promise((resolve, reject) => {
      this.#release = resolve
      this.#wait().then(resolve, reject)
    })
  }

  close(reason?: unknown): void {
    this.#over = true
    this.#error = undefined
    this.#rest = undefined
    this.#queue = []
    this.#head = 0
    this.#cancelTimer?.()
    this.#exchange.close(reason)
    this.#release?.(null)
    this.#release = undefined
  }

  async #wait(): Promise<StreamEvent | null> {
    for (;;) {
      await this.#readOnce()
      const event = this.#next()
      if (event !== undefined) return event
    }
  }

  /** The next event that needs no waiting; `undefined` where the network must be read for it. */
  #next(): StreamEvent | null | undefined {
    for (;;) {
      const event = this.#queue[this.#head]
      if (event !== undefined) {
        this.#head++
        if (this.#head === this.#queue.length) {
          this.#queue = []
          this.#head = 0
        }
        return event
      }
      if (this.#error) {
        const error = this.#error
        this.#error = undefined
        throw error
      }
      if (this.#over) return null
      if (this.#rest === undefined) return undefined
      this.#parseSlice(this.#rest)
    }
  }

  #parseSlice(bytes: Uint8Array): void {
    this.#rest = bytes.length > SLICE_BYTES ? bytes.subarray(SLICE_BYTES) : undefined
    try {
      this.#parser.push(bytes.length > SLICE_BYTES ? bytes.subarray(0, SLICE_BYTES) : bytes, this.#take)
    } catch (error) {
      this.#settle(error as Error)
    }
  }

  #take = (message: WireMessage): void => {
    if (this.#over) return
    this.#messages++
    try {
      this.#reducer.take(message, this.#at, this.#queue)
    } catch (error) {
      // a last message without its terminator was cut off where it makes no sense
      const cut =
        message.tail && error instanceof ProviderError && (error.kind === 'malformed' || error.kind === 'truncated')
      if (!cut) throw error
    }
    if (this.#reducer.progress === 'closed') this.#settle()
  }

  async #readOnce(): Promise<void> {
    this.#boundWait()
    try {
      const bytes = await this.#exchange.read()
      this.#cancelTimer?.()
      this.#at = this.#exchange.call.clock.now()
      if (bytes === null) this.#end()
      else {
        this.#beginning ??= new Uint8Array(bytes.subarray(0, BEGINNING_BYTES))
        this.#rest = bytes
      }
    } catch (error) {
      this.#cancelTimer?.()
      this.#at = this.#exchange.call.clock.now()
      this.#end(error as Error)
    }
  }

  /** After the finish nothing is waited for without end: what is missing then stays unknown. */
  #boundWait(): void {
    if (this.#reducer.progress === 'open') return
    const { clock } = this.#exchange.call
    this.#cancelTimer = clock.setTimer(this.#finishWaitMs, () => this.#exchange.close(), { background: true })
  }

  /** No more bytes will come. */
  #end(error?: Error): void {
    if (this.#over) return
    if (this.#exchange.closed && error === undefined && this.#reducer.progress === 'open') {
      this.#over = true
      return
    }
    try {
      this.#parser.end(this.#take)
      this.#settle(error)
    } catch (failure) {
      // what is left of a body that broke off makes no sense because it broke off
      this.#settle(error ?? (failure as Error))
    }
  }

  /** The answer is over: with its last events where its finish was seen, whatever came after that; else with an error. */
  #settle(error?: Error): void {
    if (this.#over) return
    this.#over = true
    this.#rest = undefined
    if (this.#reducer.progress === 'open') this.#error = error ?? this.#truncated()
    else this.#reducer.finish(this.#at, this.#queue)
    if (error) this.#exchange.close(error)
    else this.#exchange.drain()
  }

  #truncated(): ProviderError {
    const { provider, bytesReceived, redact } = this.#exchange
    const text = new platform.TextDecoder().decode(this.#beginning ?? new Uint8Array())
    const seen = this.#messages === 0 ? `, ${describeBody(text, redact)}` : ` in ${this.#messages} messages`
    return new ProviderError({
      provider,
      kind: 'truncated',
      message: `${provider} ended its answer without finishing it (received ${bytesReceived} bytes${seen})`,
    })
  }
}
