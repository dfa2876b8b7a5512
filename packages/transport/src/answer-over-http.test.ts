import type { ServerResponse } from 'node:http'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import type { Feed, ProviderError } from '@cepa/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CallLedger, fakeCall } from '../test/fake-call.ts'
import { startServer, type TestServer, until } from '../test/server.ts'
import { ToyReducer } from '../test/toy-reducer.ts'
import { type Carrier, fetchCarrier } from './carrier.ts'
import { readAnswer } from './read-answer.ts'
import { send } from './send.ts'

const texts = ['Grüße ', 'aus der 🧅', ' und ', 'Ende']
const fixture = `: hi\r\n\r\n${texts.map((text) => `data: ${JSON.stringify({ text })}\r\n\r\n`).join('')}data: {"finish":"stop"}\n\ndata: {"usage":3}\n\ndata: [DONE]\n\n`
const whole = Buffer.from(fixture)
const endOf = (part: string): number => Buffer.byteLength(fixture.slice(0, fixture.indexOf(part) + part.length))
const finishAt = endOf('{"finish":"stop"}')
const contentWithin = (length: number): string =>
  texts.filter((text) => length >= endOf(JSON.stringify({ text }))).join('')

let server: TestServer
let carrier: Carrier
let script: (response: ServerResponse) => void
beforeAll(async () => {
  server = await startServer((response) => script(response))
  carrier = fetchCarrier()
})
afterAll(async () => {
  await carrier.close?.()
  await server.close()
})

const open = async (ledger: CallLedger): Promise<Feed> => {
  const exchange = await send({
    call: ledger.call,
    provider: 'toy',
    carrier,
    baseUrl: server.url,
    path: '/',
    headers: {},
    json: {},
    stream: true,
  })
  return readAnswer(exchange, { wire: 'sse', reducer: new ToyReducer() })
}

const drain = async (
  ledger: CallLedger = fakeCall(),
): Promise<{ got: string; ended: boolean; error?: ProviderError }> => {
  const feed = await open(ledger)
  let got = ''
  let ended = false
  try {
    for (let event = await feed.pull(); event !== null; event = await feed.pull()) {
      if (event.type === 'text') got += event.text
      ended = event.type === 'end'
    }
    return { got, ended }
  } catch (error) {
    return { got, ended, error: error as ProviderError }
  }
}

const headers = { 'content-type': 'text/event-stream' }

describe('compressed', () => {
  it.each([
    ['gzip', gzipSync(whole)],
    ['deflate', deflateSync(whole)],
    ['br', brotliCompressSync(whole)],
  ])('%s, byte by byte', async (encoding, encoded) => {
    script = (response) => {
      response.writeHead(200, { ...headers, 'content-encoding': encoding })
      for (const byte of encoded) response.write(Buffer.from([byte]))
      response.end()
    }
    const ledger = fakeCall()
    expect(await drain(ledger)).toEqual({ got: texts.join(''), ended: true })
    expect(ledger.details).toMatchObject({ bytesReceived: whole.length, wireBytesReceived: encoded.length })
  })
})

describe('broken off', () => {
  it('half closed at any byte: network, with exactly the content that was complete', async () => {
    for (let length = 1; length < whole.length; length++) {
      script = (response) => {
        response.writeHead(200, headers)
        response.write(whole.subarray(0, length), () => response.socket?.end())
      }
      const { got, ended, error } = await drain()
      expect([length, got]).toEqual([length, contentWithin(length)])
      expect([length, ended, error?.kind]).toEqual([
        length,
        length >= finishAt,
        length >= finishAt ? undefined : 'network',
      ])
    }
  })

  it('a clean end at any byte: truncated', async () => {
    for (let length = 0; length < whole.length; length += 7) {
      script = (response) => {
        response.writeHead(200, headers)
        response.end(whole.subarray(0, length))
      }
      const { got, error } = await drain()
      expect([length, got, error?.kind]).toEqual([
        length,
        contentWithin(length),
        length >= finishAt ? undefined : 'truncated',
      ])
    }
  })

  it('without a length the end of the connection is a clean end', async () => {
    script = (response) => {
      const { socket } = response
      socket?.end(
        `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n${fixture.slice(0, 30)}`,
      )
    }
    expect((await drain()).error?.kind).toBe('truncated')
  })

  it('reset at any byte: network, with the content that had arrived', async () => {
    for (let length = 1; length < whole.length; length += 11) {
      const ledger = fakeCall()
      script = (response) => {
        response.writeHead(200, headers)
        response.write(whole.subarray(0, length))
        void until(() => (ledger.details.bytesReceived ?? 0) >= length).then(() => response.socket?.resetAndDestroy())
      }
      const { got, error } = await drain(ledger)
      expect([length, got]).toEqual([length, contentWithin(length)])
      expect([length, error?.kind]).toEqual([length, length >= finishAt ? undefined : 'network'])
    }
  })
})

describe('a connection', () => {
  it('serves again after an answer that ended cleanly', async () => {
    script = (response) => {
      response.writeHead(200, headers)
      response.write(whole)
      // the end of the body comes a little after the closing mark
      setImmediate(() => response.end())
    }
    await drain()
    const before = server.connections()
    for (let count = 0; count < 5; count++) {
      const turns = new Promise((resolve) => setTimeout(resolve, 5))
      await turns
      await drain()
    }
    expect(server.connections()).toBe(before)
  })

  it('is cut where the server does not end after the closing mark', async () => {
    let closed = false
    script = (response) => {
      response.on('close', () => {
        closed = true
      })
      response.writeHead(200, headers)
      response.write(whole)
    }
    expect(await drain()).toEqual({ got: texts.join(''), ended: true })
    await until(() => closed)
  })

  it('closes when a stalled answer is left', async () => {
    let closed = false
    script = (response) => {
      response.on('close', () => {
        closed = true
      })
      response.writeHead(200, headers)
      response.write(whole.subarray(0, 40))
    }
    const feed = await open(fakeCall())
    await feed.pull()
    const pending = feed.pull()
    feed.close()
    expect(await pending).toBeNull()
    await until(() => closed)
  })
})
