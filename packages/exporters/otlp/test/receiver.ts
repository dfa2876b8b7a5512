import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { responses } from 'otlp-definitions'
import { onTestFinished } from 'vitest'
import type { OtlpSignal } from '../src/signal.ts'
import { type Decoded, decoded } from './decode.ts'

/** A request as it came, decoded. */
export interface Received extends Decoded {
  readonly signal: OtlpSignal
  readonly path: string
  readonly headers: IncomingHttpHeaders
}

type Answer = (response: ServerResponse, received: Received) => void

const signalOf = (path: string): OtlpSignal => {
  const name = path.split('?')[0]?.split('/').at(-1)
  if (name === 'traces' || name === 'metrics' || name === 'logs') return name
  throw new Error(`nothing is taken at ${path}`)
}

async function receive(request: IncomingMessage): Promise<Received> {
  const bytes = Buffer.concat(await request.toArray())
  const { url = '', headers, method } = request
  if (method !== 'POST') throw new Error(`a ${method} came`)
  if (headers['content-length'] !== String(bytes.length)) throw new Error('the length of the body is not what was said')
  const body = headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes
  const signal = signalOf(url)
  return { signal, path: url, headers, ...decoded(signal, headers['content-type'] ?? '', body) }
}

/** Takes everything. */
const takes: Answer = (response) => void response.end()

/** Answers with a status alone. */
export const withStatus =
  (status: number, headers: Readonly<Record<string, string>> = {}, body = ''): Answer =>
  (response) =>
    void response.writeHead(status, headers).end(body)

/** Takes it, but for a part. */
export const inPart =
  (rejected: number, errorMessage: string): Answer =>
  (response, { signal, json }) => {
    const field = { traces: 'rejectedSpans', metrics: 'rejectedDataPoints', logs: 'rejectedLogRecords' }[signal]
    if (json) {
      const body = { partialSuccess: { [field]: String(rejected), errorMessage } }
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
      return
    }
    const message = { partialSuccess: { [field]: rejected, errorMessage } }
    response
      .writeHead(200, { 'content-type': 'application/x-protobuf' })
      .end(responses[signal].encode(message).finish())
  }

/** A collector on loopback: decodes what it receives by OpenTelemetry's definitions, and answers as it is told. */
export async function receiver() {
  const received: Received[] = []
  const broken: unknown[] = []
  let answer: Answer = takes
  const server = createServer((request, response) => {
    receive(request).then(
      (one) => {
        received.push(one)
        answer(response, one)
      },
      (error) => {
        broken.push(error)
        response.writeHead(400, { 'content-type': 'text/plain' }).end(String(error))
      },
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    if (broken.length > 0) throw new Error('the collector could not read what came', { cause: broken[0] })
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    of: (signal: OtlpSignal): readonly Received[] => received.filter((each) => each.signal === signal),
    /** How the next requests are answered. */
    answers(how: Answer): void {
      answer = how
    },
  }
}

/** An address on loopback where nobody is. */
export async function nobody(): Promise<string> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return `http://127.0.0.1:${port}`
}
