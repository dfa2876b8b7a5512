import http from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { type Clock, systemClock } from '@cepa/core'
import { totalCharged } from '../ledger.ts'
import type { Charged } from '../meter.ts'
import type { Script, SeenRequest } from '../script.ts'
import { openaiWire, type Wire } from '../wires/index.ts'
import { answer } from './answer.ts'
import { type OpenServerEntry, openEntry, type ServerEntry } from './server-ledger.ts'

/** What {@link fakeServer} takes beside its script. */
export interface FakeServerOptions {
  /** The provider's wire format. Default: `openaiWire`. */
  readonly wire?: Wire
  /** What the script's waits run on. Default: the machine's clock. */
  readonly clock?: Clock
}

/** A provider on loopback that answers from a script and keeps a ledger of what it saw. */
export interface FakeServer extends AsyncDisposable {
  /** `http://127.0.0.1:<port>` without a path. */
  readonly origin: string
  /** What an adapter takes as its base URL: the origin with the wire's base path. */
  readonly url: string
  /** One entry per request for an answer, in the order in which they came. */
  readonly ledger: readonly ServerEntry[]
  /** The newest entry. @throws {Error} when nothing was asked yet. */
  readonly last: ServerEntry
  /** Answers that have neither ended nor been left. */
  readonly open: number
  /** Connections that are open now, idle ones included. */
  readonly openSockets: number
  /** Connections that were ever opened. */
  readonly connections: number
  readonly charged: Charged
  /** Says something else from the next request on. */
  script(script: Script): void
  /** The entry of the request with this index, once it has come. */
  request(index: number): Promise<ServerEntry>
  /** Resolves when every answer has settled. */
  quiet(): Promise<void>
  /** Ends every connection and stops listening. Nothing stays open. */
  close(): Promise<void>
}

class ScriptedServer implements FakeServer {
  readonly ledger: OpenServerEntry[] = []
  readonly #server: http.Server
  readonly #sockets: Map<Socket, Promise<void>> = new Map()
  readonly #wire: Wire
  readonly #clock: Clock
  readonly #waiting: Map<number, PromiseWithResolvers<ServerEntry>> = new Map()
  #script: Script
  connections = 0

  constructor(script: Script, { wire = openaiWire, clock = systemClock }: FakeServerOptions) {
    this.#script = script
    this.#wire = wire
    this.#clock = clock
    this.#server = http.createServer({ noDelay: true, keepAliveTimeout: 60_000 }, (request, response) => {
      void this.#receive(request, response)
    })
    this.#server.on('connection', (socket: Socket) => this.#connected(socket))
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  get url(): string {
    return this.origin + this.#wire.basePath
  }

  get last(): ServerEntry {
    const entry = this.ledger.at(-1)
    if (entry === undefined) throw new Error('fake server: nothing was asked yet')
    return entry
  }

  get open(): number {
    return this.ledger.filter(({ outcome }) => outcome === 'open').length
  }

  get openSockets(): number {
    return this.#sockets.size
  }

  get charged(): Charged {
    return totalCharged(this.ledger)
  }

  listen(): Promise<this> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(0, '127.0.0.1', () => resolve(this))
    })
  }

  script(script: Script): void {
    this.#script = script
  }

  request(index: number): Promise<ServerEntry> {
    const entry = this.ledger[index]
    if (entry !== undefined) return Promise.resolve(entry)
    const waiting = this.#waiting.get(index) ?? Promise.withResolvers<ServerEntry>()
    this.#waiting.set(index, waiting)
    return waiting.promise
  }

  async quiet(): Promise<void> {
    await Promise.all(this.ledger.map(({ settled }) => settled))
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    for (const entry of this.ledger) if (entry.outcome === 'open') entry.leave()
    const sockets = [...this.#sockets]
    for (const [socket] of sockets) socket.destroy()
    await Promise.all([closed, ...sockets.map(([, gone]) => gone)])
    await this.quiet()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #connected(socket: Socket): void {
    this.connections++
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#sockets.set(socket, promise)
    socket.on('close', () => {
      this.#sockets.delete(socket)
      resolve()
    })
    // a reset by the client is the client's leaving, which the response tells
    socket.on('error', () => undefined)
  }

  async #receive(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const startedAt = this.#clock.now()
    const bytes = await bodyOf(request)
    if (bytes === undefined) return
    const body = parsed(bytes)
    const { method = 'GET' } = request
    const path = new URL(request.url ?? '/', 'http://localhost').pathname
    const ask = method === 'POST' ? this.#wire.ask(path, body) : undefined
    if (ask === undefined) return this.#aside(response, this.#wire.side?.(method, path, body))
    const headers = headersOf(request)
    const index = this.ledger.length
    const entry = openEntry({ ...ask, index, method, path, headers, body, bytesReceived: bytes.length, startedAt })
    const attempt = this.ledger.filter((other) => JSON.stringify(other.body) === JSON.stringify(body)).length
    const seen: SeenRequest = { ...ask, index, attempt, request: body as object as SeenRequest['request'], headers }
    this.ledger.push(entry)
    response.on('close', () => {
      if (entry.outcome === 'open' && !response.writableFinished) entry.leave()
    })
    const answered = answer(this.#script, { wire: this.#wire, clock: this.#clock, response, entry, seen })
    this.#waiting.get(index)?.resolve(entry)
    await answered
  }

  #aside(response: http.ServerResponse, body: unknown): void {
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' })
    response.end(
      JSON.stringify(body ?? { error: { message: 'fake server: nothing lives here', type: 'not_found_error' } }),
    )
  }
}

async function bodyOf(request: http.IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer)
  } catch {
    return undefined
  }
  return Buffer.concat(chunks)
}

const parsed = (bytes: Buffer): Readonly<Record<string, unknown>> => {
  try {
    return JSON.parse(bytes.toString()) as Record<string, unknown>
  } catch {
    return {}
  }
}

const headersOf = ({ headers }: http.IncomingMessage): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  )

/**
 * Starts a provider on a free loopback port that answers from a script over real HTTP. The script is the same as
 * {@link fakeProvider}'s; its `network` says how the bytes travel.
 *
 * @example
 * await using server = await fakeServer([{ text: 'Hello' }, { reset: true }])
 * const adapter = openai({ apiKey: 'test', baseUrl: server.url })
 */
export const fakeServer = (script: Script = 'Hello, world', options: FakeServerOptions = {}): Promise<FakeServer> =>
  new ScriptedServer(script, options).listen()
