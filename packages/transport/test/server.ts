import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** A scripted server on the loopback interface. */
export interface TestServer {
  readonly url: string
  /** Sockets that are open now. */
  readonly sockets: ReadonlySet<Socket>
  /** Connections that were ever made. */
  connections(): number
  close(): Promise<void>
}

/** Starts a server whose every request is answered by `answer`, after its body was read. */
export async function startServer(
  answer: (response: ServerResponse, request: IncomingMessage, body: string) => void,
): Promise<TestServer> {
  const sockets = new Set<Socket>()
  let connections = 0
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => answer(response, request, body))
    request.on('error', () => undefined)
    response.on('error', () => undefined)
  })
  server.on('connection', (socket) => {
    connections++
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    sockets,
    connections: () => connections,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

/** Resolves once a condition holds; checked as often as the event loop turns. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve))
}
