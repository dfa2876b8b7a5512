import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { onTestFinished } from 'vitest'

/** A request as it came. */
export interface Received {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  /** As it came over the wire. */
  readonly bytes: Buffer
  /** Decompressed. */
  readonly body: string
}

/** A server on loopback that keeps what it receives and answers as it is told, 200 at first. */
export async function receiver() {
  const received: Received[] = []
  let answer = (response: ServerResponse): void => void response.end('ok')
  let sockets = 0
  const server = createServer(async (request, response) => {
    const bytes = Buffer.concat(await request.toArray())
    const zipped = request.headers['content-encoding'] === 'gzip'
    const { method = '', url = '', headers } = request
    received.push({ method, url, headers, bytes, body: (zipped ? gunzipSync(bytes) : bytes).toString() })
    answer(response)
  })
  server.on('connection', () => sockets++)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    if (server.listening) await new Promise((resolve) => server.close(resolve))
  })
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    origin,
    url: `${origin}/calls/secret-path?token=secret-query`,
    received,
    sockets: () => sockets,
    answer: (how: (response: ServerResponse) => void) => {
      answer = how
    },
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}
