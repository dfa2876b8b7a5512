import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'

/** How a destination answers, by the first part of its path. */
const WAYS: Readonly<Record<string, (response: ServerResponse) => unknown>> = {
  hangs: () => undefined,
  500: (response) => response.writeHead(500).end(),
  429: (response) => response.writeHead(429, { 'retry-after': '0' }).end(),
  slow: (response) => wait(50).then(() => response.end()),
  works: (response) => response.end(),
}

/** What is not the destination's own fault. */
export type Way = 'hangs' | '500' | '429' | 'slow' | 'works' | 'refuses'

/** A server on loopback that answers by the path, and an address at which nobody is. */
export interface BrokenServer {
  urlOf(way: Way): string
  /** Number of requests by way. */
  readonly seen: Readonly<Record<string, number>>
  close(): void
}

async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

export async function brokenServer(): Promise<BrokenServer> {
  const seen: Record<string, number> = {}
  const server = createServer(async (request, response) => {
    const way = request.url?.split('/')[1] ?? ''
    request.on('error', () => undefined).resume()
    seen[way] = (seen[way] ?? 0) + 1
    await WAYS[way]?.(response)
  })
  const url = await listening(server)
  const gone = createServer()
  const nobody = await listening(gone)
  gone.close()
  return {
    urlOf: (way) => (way === 'refuses' ? nobody : `${url}/${way}`),
    seen,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
