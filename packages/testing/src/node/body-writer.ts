import type { ServerResponse } from 'node:http'
import { promisify } from 'node:util'
import zlib from 'node:zlib'
import type { AbortSignal, Clock } from '@cepa/core'
import type { Fault, Network } from '../network.ts'
import { turn } from '../turn.ts'
import { waitOn } from '../wait.ts'
import type { OpenServerEntry } from './server-ledger.ts'

/** Thrown when the body has ended by a fault; nothing more is to be written. */
export const FAULT: unique symbol = Symbol('fault')

interface WriterContext {
  readonly response: ServerResponse
  readonly network: Network
  readonly entry: OpenServerEntry
  readonly clock: Clock
}

const compressors = {
  gzip: () => zlib.createGzip({ flush: zlib.constants.Z_SYNC_FLUSH }),
  deflate: () => zlib.createDeflate({ flush: zlib.constants.Z_SYNC_FLUSH }),
  br: () => zlib.createBrotliCompress({ flush: zlib.constants.BROTLI_OPERATION_FLUSH }),
}

const faultByte = (fault: Fault | undefined): number =>
  fault ? (Object.values(fault)[0] as number) : Number.POSITIVE_INFINITY

/** Brings bytes to the network as a script wants them to travel: compressed, cut, slowly, and with a fault at a byte. */
export class BodyWriter {
  readonly #context: WriterContext
  readonly #compressor: zlib.Gzip | zlib.Deflate | zlib.BrotliCompress | undefined
  #compressed: Buffer[] = []
  #held: Buffer[] = []

  constructor(context: WriterContext) {
    this.#context = context
    const { encoding } = context.network
    if (encoding === undefined) return
    this.#compressor = compressors[encoding]()
    this.#compressor.on('data', (bytes: Buffer) => this.#compressed.push(bytes))
  }

  /** Takes bytes; with `cut` they wait for {@link flush}, so that cuts may fall anywhere. */
  async write(bytes: Buffer): Promise<void> {
    this.#context.entry.bytesDecoded += bytes.length
    const travelling = this.#compressor ? await this.#compress(bytes) : bytes
    if (this.#context.network.cut === undefined) await this.#send(travelling)
    else this.#held.push(travelling)
  }

  /** Sends what waits. */
  async flush(): Promise<void> {
    const { network, entry } = this.#context
    const bytes = Buffer.concat(this.#held.splice(0))
    for (const piece of cutBytes(bytes, network.cut, entry.bytesWritten)) {
      await this.#send(piece)
      await turn()
    }
  }

  /** Ends the body as HTTP asks for. */
  async end(): Promise<void> {
    if (this.#compressor) {
      this.#compressor.end()
      await new Promise((resolve) => this.#compressor?.once('end', resolve))
      this.#held.push(...this.#compressed.splice(0))
    }
    await this.flush()
    await ended(this.#context.response)
  }

  async #compress(bytes: Buffer): Promise<Buffer> {
    const compressor = this.#compressor as zlib.Gzip
    await promisify((chunk: Buffer, done: (error?: Error | null) => void) => compressor.write(chunk, done))(bytes)
    await promisify((done: () => void) => compressor.flush(done))()
    return Buffer.concat(this.#compressed.splice(0))
  }

  async #send(bytes: Buffer): Promise<void> {
    const { network, entry, clock } = this.#context
    const room = faultByte(network.fault) - entry.bytesWritten
    const part = bytes.length >= room ? bytes.subarray(0, Math.max(0, room)) : bytes
    if (part.length > 0) await this.#put(part)
    if (bytes.length >= room) await this.#fail(network.fault as Fault)
    const { betweenWritesMs } = network
    if (betweenWritesMs !== undefined) await waitOn({ waitMs: betweenWritesMs }, entry.gone, clock)
  }

  async #put(bytes: Buffer): Promise<void> {
    const { response, entry, clock } = this.#context
    entry.gone.throwIfAborted()
    entry.bytesWritten += bytes.length
    entry.writes.push({ at: clock.now(), bytes: bytes.length })
    if (!response.write(bytes)) await drained(response, entry.gone)
  }

  async #fail(fault: Fault): Promise<never> {
    const { response, network, entry, clock } = this.#context
    await sent(response)
    if (network.faultAfterMs !== undefined) await waitOn({ waitMs: network.faultAfterMs }, entry.gone, clock)
    if ('resetAtByte' in fault) reset(response)
    else if ('halfCloseAtByte' in fault) response.socket?.end()
    else if ('endAtByte' in fault) await ended(response)
    else await waitOn({ stall: true }, entry.gone, clock)
    throw FAULT
  }
}

/** Ends a response; a client that has all it wants may be gone before it hears of the end. */
const ended = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    response.once('close', resolve)
    response.end(resolve)
  })

/** Resets the connection of a response. */
export const reset = (response: ServerResponse): void => {
  response.socket?.resetAndDestroy()
}

/** Waits until what was written has left for the network, and the other side had a chance to read it. */
export async function sent(response: ServerResponse): Promise<void> {
  if (response.headersSent) await new Promise<void>((resolve) => response.write('', () => resolve()))
  for (let turns = 0; turns < 4; turns++) await turn()
}

function drained(response: ServerResponse, gone: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const drain = (): void => {
      gone.removeEventListener('abort', left)
      resolve()
    }
    const left = (): void => {
      response.off('drain', drain)
      reject(gone.reason)
    }
    response.once('drain', drain)
    gone.addEventListener('abort', left, { once: true })
  })
}

/** Cuts bytes into pieces of one size, or at offsets that count from the body's start. */
export function cutBytes(bytes: Buffer, cut: Network['cut'], from: number): readonly Buffer[] {
  if (bytes.length === 0) return []
  const offsets =
    typeof cut === 'number'
      ? Array.from({ length: Math.ceil(bytes.length / cut) - 1 }, (_, index) => (index + 1) * cut)
      : [...(cut ?? [])].map((offset) => offset - from).filter((offset) => offset > 0 && offset < bytes.length)
  const edges = [0, ...offsets.sort((a, b) => a - b), bytes.length]
  return edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge))
}
