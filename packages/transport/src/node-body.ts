import { constants, createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib'
import type { ByteReader } from './fetch.ts'
import type { DispatchController } from './node-exchange.ts'

/** Bytes that may wait for the reader before the connection is paused. */
const QUEUE_LIMIT_BYTES = 65_536

const SYNC = { flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH }
const FLUSH = { flush: constants.BROTLI_OPERATION_FLUSH, finishFlush: constants.BROTLI_OPERATION_FLUSH }

type Decoder = ReturnType<typeof createGunzip>

/**
 * A response's body as undici delivers it. Pieces are handed on as they come, decompressed where need be; an error follows
 * whatever was received before it.
 */
export class NodeBody implements ByteReader {
  #controller: DispatchController
  #onOver: () => void
  #decoder: Decoder | undefined
  #undecided: boolean
  #chunks: Uint8Array[] = []
  #queuedBytes = 0
  #waiting: { resolve: (step: Step) => void; reject: (error: unknown) => void } | undefined
  #over = false
  #received = false
  #error: Error | undefined

  constructor(controller: DispatchController, encoding: string, onOver: () => void) {
    this.#controller = controller
    this.#onOver = onOver
    const coding = encoding.trim().toLowerCase()
    this.#undecided = coding === 'deflate'
    if (coding === 'gzip' || coding === 'x-gzip') this.#decodeWith(createGunzip(SYNC))
    else if (coding === 'br') this.#decodeWith(createBrotliDecompress(FLUSH))
    else if (coding !== '' && coding !== 'identity' && coding !== 'deflate') {
      this.#finish(new Error(`unknown content-encoding ${coding.slice(0, 40)}`))
    }
  }

  /** Takes a piece from the network. */
  write(chunk: Uint8Array): void {
    if (this.#over) return
    if (this.#undecided && chunk.length > 0) {
      this.#undecided = false
      // "deflate" means zlib's format, but some servers send the bare stream; the first byte tells them apart (RFC 1950 §2.2)
      this.#decodeWith(((chunk[0] as number) & 0x0f) === 8 ? createInflate(SYNC) : createInflateRaw(SYNC))
    }
    if (this.#decoder) this.#decoder.write(chunk)
    else this.#push(chunk)
    this.#flow()
  }

  /** The network has no more, by an error or not. */
  end(error?: Error): void {
    this.#received = true
    if (!this.#decoder) {
      this.#finish(error)
      return
    }
    // what the decoder still holds came before the end, so it is told before it
    this.#decoder.once('end', () => this.#finish(error))
    this.#decoder.end()
  }

  read(): Promise<Step> {
    const chunk = this.#chunks.shift()
    if (chunk) {
      this.#queuedBytes -= chunk.length
      this.#flow()
      return Promise.resolve({ done: false, value: chunk })
    }
    if (this.#error) return Promise.reject(this.#error)
    if (this.#over) return Promise.resolve({ done: true })
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
    })
  }

  async cancel(reason?: unknown): Promise<void> {
    if (this.#over) return
    this.#chunks.length = 0
    this.#finish()
    this.#decoder?.destroy()
    this.#controller.abort(reason instanceof Error ? reason : new Error('the reader left'))
  }

  #decodeWith(decoder: Decoder): void {
    this.#decoder = decoder
    decoder.on('data', (chunk: Uint8Array) => {
      this.#push(chunk)
      this.#flow()
    })
    decoder.on('drain', () => this.#flow())
    decoder.on('error', (error: Error) => {
      if (this.#over) return
      this.#finish(error)
      this.#controller.abort(error)
    })
  }

  #push(chunk: Uint8Array): void {
    if (this.#over) return
    if (this.#waiting) {
      this.#waiting.resolve({ done: false, value: chunk })
      this.#waiting = undefined
      return
    }
    this.#chunks.push(chunk)
    this.#queuedBytes += chunk.length
  }

  #flow(): void {
    if (this.#over) return
    const full = this.#queuedBytes >= QUEUE_LIMIT_BYTES
    if (full) this.#decoder?.pause()
    else this.#decoder?.resume()
    // after the last byte the connection may already serve another request
    if (this.#received) return
    if (full || this.#decoder?.writableNeedDrain) this.#controller.pause()
    else this.#controller.resume()
  }

  #finish(error?: Error): void {
    if (this.#over) return
    this.#over = true
    this.#error = error
    if (error) this.#waiting?.reject(error)
    else this.#waiting?.resolve({ done: true })
    this.#waiting = undefined
    this.#onOver()
  }
}

type Step = { readonly done: boolean; readonly value?: Uint8Array | undefined }
