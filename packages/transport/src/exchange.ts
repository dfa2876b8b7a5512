import { type AdapterCall, type ProviderError, systemClock } from '@cepa/core'
import { answerError } from './answer-failure.ts'
import type { ErrorHint } from './error-hints.ts'
import type { ByteReader, FetchResponse } from './fetch.ts'
import type { Line } from './line.ts'
import { networkError } from './network-failure.ts'
import type { Redact } from './redact.ts'

/** How long the end of a body is waited for once the answer is over, in milliseconds, so that its connection can serve again. */
const DRAIN_MS = 100

/** What an exchange is made of. */
export interface ExchangeParts {
  readonly line: Line
  readonly call: AdapterCall
  readonly provider: string
  readonly response: FetchResponse
  readonly redact: Redact
  readonly hints: readonly ErrorHint[]
  readonly providerRequestId?: string
}

/** A request that was answered with success headers, and the body that follows. */
export class Exchange {
  readonly call: AdapterCall
  readonly provider: string
  readonly response: FetchResponse
  readonly redact: Redact
  /** Decoded bytes of the body that were read so far. */
  bytesReceived = 0
  /** Whether it was closed before the end of its body. */
  closed = false
  #parts: ExchangeParts
  #reader: ByteReader | undefined
  #state: 'open' | 'draining' | 'over' = 'open'
  #release: (() => void) | undefined

  constructor(parts: ExchangeParts) {
    this.#parts = parts
    this.call = parts.call
    this.provider = parts.provider
    this.response = parts.response
    this.redact = parts.redact
    this.#reader = parts.response.body?.getReader()
  }

  /**
   * The next bytes of the body, `null` at its end or once the exchange was closed.
   *
   * @throws {ProviderError} `network` when the connection broke, `timeout` when a limit of the fetch was met.
   */
  async read(): Promise<Uint8Array | null> {
    const reader = this.#reader
    if (this.#state !== 'open' || reader === undefined) return null
    const startedAt = this.call.clock.now()
    try {
      const step = await this.#orClosed(reader.read())
      if (step === null || step.done || step.value === undefined) {
        // a compressed body ends with bytes that hold no more of it
        this.#count(0)
        this.#over()
        return null
      }
      this.#count(step.value.length)
      return step.value
    } catch (error) {
      if (this.#state !== 'open') return null
      this.close()
      const { provider, redact } = this
      const elapsedMs = this.call.clock.now() - startedAt
      throw networkError({
        provider,
        error,
        phase: 'body',
        redact,
        elapsedMs,
        progress: `after ${this.bytesReceived} bytes`,
      })
    }
  }

  /** An error that the provider told within its answer. */
  failure(body: unknown, status?: number): ProviderError {
    const { call, provider, response, hints, redact, providerRequestId } = this.#parts
    return answerError({
      provider,
      body,
      hints,
      redact,
      nowEpochMs: call.clock.epochMs(),
      ...(status !== undefined && { status, headers: response.headers }),
      ...(providerRequestId !== undefined && { providerRequestId }),
    })
  }

  /** Ends the exchange: a pending read settles at once, the connection closes. May be called at any time. */
  close(reason?: unknown): void {
    if (this.#state === 'over') return
    this.closed = true
    this.#over()
    this.#cancel(reason)
  }

  /**
   * Leaves the exchange after its answer: what is left of the body is read away for a moment, so that the connection can be
   * used again, and cut off if it does not end by then. Nobody waits for this.
   */
  drain(): void {
    const reader = this.#reader
    if (this.#state !== 'open' || reader === undefined) {
      this.close()
      return
    }
    this.#state = 'draining'
    this.#parts.line.unlisten()
    const cut = (): void => {
      this.#state = 'over'
      this.#cancel()
    }
    const readAway = (): Promise<void> | undefined =>
      this.#state === 'over' ? undefined : reader.read().then((step) => (step.done ? this.#over() : readAway()))
    const cancelTimer = systemClock.setTimer(DRAIN_MS, cut, { background: true })
    void readAway()
      ?.catch(() => undefined)
      .finally(cancelTimer)
  }

  #count(bytes: number): void {
    this.bytesReceived += bytes
    const wireBytes = this.response.wireBytes?.()
    const { bytesReceived } = this
    this.call.attempt.report(
      wireBytes === undefined ? { bytesReceived } : { bytesReceived, wireBytesReceived: wireBytes },
    )
  }

  #orClosed<T>(reading: Promise<T>): Promise<T | null> {
    return new Promise((resolve, reject) => {
      this.#release = () => resolve(null)
      reading.then(resolve, reject)
    })
  }

  #over(): void {
    this.#state = 'over'
    this.#parts.line.unlisten()
    this.#release?.()
    this.#release = undefined
  }

  #cancel(reason?: unknown): void {
    this.#reader?.cancel(reason).catch(() => undefined)
    this.#parts.line.stop(reason)
  }
}
