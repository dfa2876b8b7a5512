import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { startServer, type TestServer, until } from '../test/server.ts'
import type { ByteReader, ClosableFetch, FetchResponse } from './fetch.ts'
import { nodeFetch } from './node.ts'
import { createNodeFetch, type NodeFetchOptions } from './node-fetch.ts'

let server: TestServer
let fetchOver: ClosableFetch
afterEach(async () => {
  await fetchOver.close()
  await server.close()
})

const request = (
  options?: NodeFetchOptions,
  signal: AbortSignal = new AbortController().signal,
): Promise<FetchResponse> => {
  fetchOver = createNodeFetch(options)
  const body = new TextEncoder().encode('{"a":"ü"}')
  return fetchOver(`${server.url}/v1/chat?x=1`, {
    method: 'POST',
    headers: { 'x-a': 'b' },
    body,
    signal,
    redirect: 'manual',
  })
}

const readerOf = (response: FetchResponse): ByteReader => (response.body as { getReader(): ByteReader }).getReader()

const readAll = async (reader: ByteReader): Promise<{ text: string; error?: unknown }> => {
  const chunks: Uint8Array[] = []
  try {
    for (let step = await reader.read(); !step.done; step = await reader.read()) chunks.push(step.value as Uint8Array)
    return { text: Buffer.concat(chunks).toString() }
  } catch (error) {
    return { text: Buffer.concat(chunks).toString(), error }
  }
}

const text = Array.from({ length: 2_000 }, (_, index) => `data: {"text":"🧅 ${Math.sin(index)}"}\n\n`).join('')

describe('bodies', () => {
  it.each([
    ['identity', Buffer.from(text)],
    ['gzip', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['deflate', deflateRawSync(text)],
    ['br', brotliCompressSync(text)],
  ])('%s', async (encoding, encoded) => {
    server = await startServer((response, incoming, body) => {
      response.writeHead(200, {
        'content-encoding': encoding,
        'x-seen': `${incoming.method} ${incoming.url} ${incoming.headers['x-a']} ${incoming.headers['content-length']}`,
      })
      response.write(encoded.subarray(0, 7))
      setImmediate(() => response.end(encoded.subarray(7)))
      expect(body).toBe('{"a":"ü"}')
    })
    const response = await request()
    expect(response.status).toBe(200)
    expect(response.headers.get('X-Seen')).toBe('POST /v1/chat?x=1 b 10')
    expect(await readAll(readerOf(response))).toEqual({ text })
    expect(response.wireBytes?.()).toBe(encoded.length)
  })

  it('an unknown encoding and a broken one are errors, after what was readable', async () => {
    server = await startServer((response) => {
      response.writeHead(200, { 'content-encoding': 'zstd2' })
      response.end('x')
    })
    expect(await readAll(readerOf(await request()))).toMatchObject({
      text: '',
      error: { message: 'unknown content-encoding zstd2' },
    })
    await server.close()
    server = await startServer((response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' })
      response.end('this is not gzip at all')
    })
    await fetchOver.close()
    expect(await readAll(readerOf(await request()))).toMatchObject({ text: '', error: { code: 'Z_DATA_ERROR' } })
  })

  it.each(['identity', 'gzip', 'br'])('%s: what came before a reset is told before the error', async (encoding) => {
    const encoded =
      encoding === 'gzip' ? gzipSync(text) : encoding === 'br' ? brotliCompressSync(text) : Buffer.from(text)
    const half = encoded.subarray(0, Math.floor(encoded.length / 2))
    server = await startServer((response) => {
      response.writeHead(200, { 'content-encoding': encoding })
      response.write(half, () => response.socket?.end())
    })
    const reader = readerOf(await request())
    const { text: got, error } = await readAll(reader)
    expect(error).toMatchObject({ code: 'UND_ERR_SOCKET' })
    expect(text.startsWith(got.replace(/\ufffd+$/, ''))).toBe(true)
    const gotBytes = Buffer.byteLength(got.replace(/\ufffd+$/, ''))
    expect(gotBytes).toBeGreaterThan(encoding === 'identity' ? half.length - 4 : 10_000)
  })
})

describe('a reader that is slow', () => {
  it('stops the server instead of filling memory', async () => {
    const piece = Buffer.alloc(65_536, 'x')
    let written = 0
    server = await startServer((response) => {
      const write = (): void => {
        for (let more = true; more && written < 200_000_000; written += piece.length) more = response.write(piece)
        response.once('drain', write)
      }
      write()
    })
    const reader = readerOf(await request())
    await reader.read()
    let before = -1
    let stillTurns = 0
    // the kernel's buffers fill, then nothing moves any more
    await until(() => {
      stillTurns = before === written ? stillTurns + 1 : 0
      before = written
      return stillTurns > 200
    })
    expect(written).toBeLessThan(40_000_000)
    await reader.cancel()
    await until(() => server.sockets.size === 0)
  })
})

describe('abort and leave', () => {
  it('closes the socket at once', async () => {
    server = await startServer((response) => {
      response.writeHead(200)
      response.write('a')
    })
    const controller = new AbortController()
    const reader = readerOf(await request({}, controller.signal))
    await reader.read()
    const pending = reader.read()
    controller.abort(new Error('enough'))
    expect(await pending).toEqual({ done: true })
    await until(() => server.sockets.size === 0)
  })

  it('rejects before headers, and before the request', async () => {
    server = await startServer(() => undefined)
    const controller = new AbortController()
    const pending = request({}, controller.signal)
    await until(() => server.sockets.size === 1)
    controller.abort(new Error('enough'))
    await expect(pending).rejects.toThrow('enough')
    await until(() => server.sockets.size === 0)
    await fetchOver.close()
    await expect(request({}, controller.signal)).rejects.toThrow('enough')
  })

  it('uses a connection again after the body was read', async () => {
    server = await startServer((response) => response.end('a'))
    await readAll(readerOf(await request()))
    // undici gives a connection back after a turn of the event loop
    await new Promise((resolve) => setImmediate(resolve))
    const body = new Uint8Array()
    const { signal } = new AbortController()
    await readAll(
      readerOf(await fetchOver(server.url, { method: 'POST', headers: {}, body, signal, redirect: 'manual' })),
    )
    expect(server.connections()).toBe(1)
    await fetchOver.close()
    await until(() => server.sockets.size === 0)
    await readAll(
      readerOf(await fetchOver(server.url, { method: 'POST', headers: {}, body, signal, redirect: 'manual' })),
    )
    expect(server.connections()).toBe(2)
  })
})

describe('limits', () => {
  it('has none by default; where one is set its error carries the value', async () => {
    server = await startServer(() => undefined)
    await expect(request({ headersTimeoutMs: 1 })).rejects.toMatchObject({
      code: 'UND_ERR_HEADERS_TIMEOUT',
      limitMs: 1,
    })
    await fetchOver.close()
    await server.close()
    server = await startServer((response) => void response.write('a'))
    const reader = readerOf(await request({ bodyTimeoutMs: 1 }))
    expect(await readAll(reader)).toMatchObject({ text: 'a', error: { code: 'UND_ERR_BODY_TIMEOUT', limitMs: 1 } })
  })

  it('tells what could not be connected', async () => {
    server = await startServer(() => undefined)
    await server.close()
    await expect(request()).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })
})

describe('nodeFetch', () => {
  it('answers as the platform’s fetch does, with wire bytes', async () => {
    server = await startServer((response, incoming, body) => {
      response.writeHead(201, { 'content-encoding': 'gzip', 'content-type': 'application/json' })
      response.end(gzipSync(JSON.stringify({ body, type: incoming.headers['content-type'] })))
    })
    fetchOver = createNodeFetch()
    const own = nodeFetch()
    const response = await own(new URL(server.url), { method: 'POST', body: new URLSearchParams({ a: '1' }) })
    expect(response).toBeInstanceOf(Response)
    expect(response.status).toBe(201)
    expect(await response.json()).toEqual({ body: 'a=1', type: 'application/x-www-form-urlencoded;charset=UTF-8' })
    expect((response as Response & { wireBytes(): number }).wireBytes()).toBeGreaterThan(20)
    const left = await own(server.url)
    await left.body?.cancel()
    await own.close()
    await until(() => server.sockets.size === 0)
  })

  it('has no body where none is allowed', async () => {
    server = await startServer((response) => {
      response.writeHead(204)
      response.end()
    })
    const own = nodeFetch()
    fetchOver = createNodeFetch()
    const response = await own(server.url)
    expect([response.status, response.body]).toEqual([204, null])
    await own.close()
  })
})
