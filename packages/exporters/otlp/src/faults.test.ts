import { EventEmitter, once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer, type Server } from 'node:net'
import { inTurn } from '@cepa/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { exporting } from '../test/exporting.ts'
import { inPart, nobody, receiver, withStatus } from '../test/receiver.ts'
import { call, failedCall, items, send } from '../test/records.ts'

describe('an answer that is no', () => {
  test.each([429, 502, 503, 504])('%i: may be tried again', async (status) => {
    const collector = await receiver()
    collector.answers(withStatus(status))
    const result = await send(exporting({ endpoint: collector.url, logs: false }))
    expect(result).toMatchObject({ ok: false, retry: true, error: { status } })
    expect(result).not.toHaveProperty('retryAfterMs')
  })

  test.each([400, 401, 404, 413, 500, 501])('%i: is never tried again', async (status) => {
    const collector = await receiver()
    collector.answers(withStatus(status))
    const result = await send(exporting({ endpoint: collector.url, logs: false }))
    expect(result).toMatchObject({ ok: false, retry: false, error: { status } })
  })

  test('waits as long as the server asks', async () => {
    const collector = await receiver()
    collector.answers(withStatus(429, { 'retry-after': '7' }))
    const result = await send(exporting({ endpoint: collector.url, logs: false }))
    expect(result).toMatchObject({ ok: false, retry: true, retryAfterMs: 7000 })
  })

  test('says where, what and what to look at, and no secret', async () => {
    const collector = await receiver()
    const words = JSON.stringify({ message: 'api key sk-live-1234567890abcdef is not known' })
    collector.answers(withStatus(401, { 'content-type': 'application/json' }, words))
    const url = collector.url.replace('//', '//user:pass@')
    const exporter = exporting({ logs: false, traces: { url: `${url}/v1/traces?token=hidden` } })
    const result = await send(exporter)
    expect(result).toMatchObject({ ok: false })
    const { message } = (result as { error: Error }).error
    expect(message).toContain(`exporter otlp sending traces to ${collector.url}/v1/traces: 401 Unauthorized`)
    expect(message).toContain('look at the headers')
    expect(message).not.toMatch(/sk-live|hidden|user|pass/)
  })

  test('a redirection is not followed', async () => {
    const collector = await receiver()
    collector.answers(withStatus(307, { location: `${collector.url}/v1/logs` }))
    const result = await send(exporting({ endpoint: collector.url, logs: false }))
    expect(result).toMatchObject({ ok: false, retry: false, error: { status: 307 } })
    expect(collector.received).toHaveLength(1)
  })
})

describe.each(['http/protobuf', 'http/json'] as const)('a part that is refused, %s', (protocol) => {
  test('is counted, and told', async () => {
    const collector = await receiver()
    collector.answers(inPart(1, 'span too old'))
    const problems: string[] = []
    const report = ({ message }: Error) => void problems.push(message)
    const exporter = exporting({ endpoint: collector.url, protocol, logs: false, report })
    expect(await send(exporter, items(call(), call({ id: 'c-9' })))).toEqual({ ok: true, rejected: 1 })
    expect(problems).toEqual([expect.stringContaining('1 rejected: span too old')])
  })

  test('is never more than was given', async () => {
    const collector = await receiver()
    collector.answers(inPart(3, ''))
    expect(await send(exporting({ endpoint: collector.url, protocol }), items(failedCall()))).toEqual({
      ok: true,
      rejected: 1,
    })
  })

  test('nothing refused: a warning', async () => {
    const collector = await receiver()
    collector.answers(inPart(0, 'this address will move'))
    const problems: string[] = []
    const report = ({ message }: Error) => void problems.push(message)
    expect(await send(exporting({ endpoint: collector.url, protocol, logs: false, report }))).toEqual({ ok: true })
    expect(problems).toEqual([expect.stringContaining('this address will move')])
  })
})

test('an answer that is none of OTLP is taken as it is: everything has arrived', async () => {
  const collector = await receiver()
  collector.answers(withStatus(200, { 'content-type': 'text/html' }, '<html>\u00ff'.repeat(50_000)))
  expect(await send(exporting({ endpoint: collector.url }))).toEqual({ ok: true })
})

/** A server that does something else than HTTP with each connection. */
async function socketServer(
  serve: (socket: import('node:net').Socket) => void,
): Promise<{ url: string; server: Server }> {
  const sockets = new Set<import('node:net').Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    serve(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server }
}

describe('no answer', () => {
  test('nobody is there', async () => {
    const result = await send(exporting({ endpoint: await nobody() }))
    expect(result).toMatchObject({ ok: false, retry: true, error: { code: 'ECONNREFUSED' } })
  })

  test('the name is of nobody', async () => {
    const result = await send(exporting({ endpoint: 'http://nobody.invalid:4318' }))
    expect(result).toMatchObject({
      ok: false,
      retry: true,
      error: { code: expect.stringMatching(/ENOTFOUND|EAI_AGAIN/) },
    })
  })

  test('the connection is closed', async () => {
    const { url } = await socketServer((socket) => socket.on('data', () => socket.destroy()))
    const result = await send(exporting({ endpoint: url, logs: false }))
    expect(result).toMatchObject({ ok: false, retry: true, error: { code: 'ECONNRESET' } })
  })

  test('no HTTP is spoken', async () => {
    const { url } = await socketServer((socket) => socket.end('220 mail.example ESMTP\r\n'))
    expect(await send(exporting({ endpoint: url, logs: false }))).toMatchObject({ ok: false })
  })

  test('no TLS is spoken: trying again is in vain', async () => {
    const { url } = await socketServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    const result = await send(exporting({ endpoint: url.replace('http:', 'https:'), logs: false }))
    expect(result).toMatchObject({ ok: false, retry: false })
  })

  test('a connection that breaks after the server has taken everything is no failure: it would have it twice', async () => {
    const { url } = await socketServer((socket) => {
      socket.on('data', () => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nnot so much')
        socket.destroySoon()
      })
    })
    expect(await send(exporting({ endpoint: url, logs: false }))).toEqual({ ok: true })
  })
})

describe('a server that hangs', () => {
  const hanging = async () => {
    const told = new EventEmitter()
    const { url, server } = await socketServer((socket) => {
      socket.once('data', () => told.emit('asked'))
      socket.on('close', () => told.emit('left'))
    })
    return { url, server, asked: once(told, 'asked'), left: once(told, 'left') }
  }

  test('is left at its time limit', async () => {
    const { url, left } = await hanging()
    const exporter = exporting({ endpoint: url, logs: false, metrics: false, timeoutMs: 30 })
    const result = await send(exporter)
    expect(result).toMatchObject({ ok: false, retry: true })
    expect((result as { error: Error }).error.message).toContain('no answer within 30 ms')
    await left
  })

  test('is left when the hub says so', async () => {
    const { url, asked, left } = await hanging()
    const controller = new AbortController()
    const exporter = exporting({ endpoint: url, logs: false, metrics: false })
    const sent = send(exporter, items(call()), controller.signal)
    await asked
    controller.abort(new Error('time is up'))
    const result = await sent
    expect(result).toMatchObject({ ok: false, retry: true, error: { message: expect.stringContaining('time is up') } })
    await left
  })

  test('the hub gives an export as long as a request may take', () => {
    expect(exporting({ endpoint: 'http://127.0.0.1:1', timeoutMs: 30_000 }).limits?.timeoutMs).toBeGreaterThan(30_000)
  })
})

describe('the same batch again', () => {
  test('only what has not arrived is sent again', async () => {
    const collector = await receiver()
    collector.answers((response, received) => withStatus(received.signal === 'logs' ? 503 : 200)(response, received))
    const exporter = exporting({ endpoint: collector.url })
    const batch = items(call(), failedCall())
    expect(await send(exporter, [...batch])).toMatchObject({ ok: false, retry: true })
    collector.answers(withStatus(200))
    expect(await send(exporter, [...batch])).toEqual({ ok: true })
    expect(collector.of('traces')).toHaveLength(1)
    expect(collector.of('logs')).toHaveLength(2)
  })

  test('what never will is not sent again either, and told in the end', async () => {
    const collector = await receiver()
    let now = 0
    const answers = inTurn('503', '200')
    collector.answers((response, received) => {
      const status = received.signal === 'logs' ? 404 : Number(answers({ index: now++ } as never))
      withStatus(status)(response, received)
    })
    const exporter = exporting({ endpoint: collector.url })
    const batch = items(failedCall())
    expect(await send(exporter, [...batch])).toMatchObject({ ok: false, retry: true })
    const result = await send(exporter, [...batch])
    expect(result).toMatchObject({ ok: false, retry: false })
    expect((result as { error: Error }).error.message).toMatch(/sending logs .*404.*switch the signal off/)
    expect(collector.of('logs')).toHaveLength(1)
    expect(collector.of('traces')).toHaveLength(2)
  })

  test('another batch with the same records is another batch', async () => {
    const collector = await receiver()
    const exporter = exporting({ endpoint: collector.url, logs: false })
    await send(exporter, items(call()))
    await send(exporter, items(call()))
    expect(collector.of('traces')).toHaveLength(2)
  })

  test('a batch that cannot be written is given up', async () => {
    const collector = await receiver()
    const broken = {
      ...call(),
      get model(): string {
        throw new TypeError('no model')
      },
    }
    expect(await send(exporting({ endpoint: collector.url }), items(broken))).toMatchObject({ ok: false, retry: false })
    expect(collector.received).toEqual([])
  })
})

describe('the end', () => {
  test('nothing is taken after it', async () => {
    const collector = await receiver()
    const exporter = exporting({ endpoint: collector.url })
    await exporter.close?.()
    expect(await send(exporter)).toMatchObject({
      ok: false,
      retry: false,
      error: { message: 'exporter otlp is closed' },
    })
    expect(collector.received).toEqual([])
  })

  test('idle connections are let go', async () => {
    const closed = new EventEmitter()
    const { url } = await socketServer((socket) => {
      socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: keep-alive\r\n\r\n'))
      socket.on('close', () => closed.emit('closed'))
    })
    const exporter = exporting({ endpoint: url, logs: false, metrics: false })
    expect(await send(exporter)).toEqual({ ok: true })
    const left = once(closed, 'closed')
    await exporter.close?.()
    await left
  })
})
