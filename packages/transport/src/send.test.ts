import { OptionError, type ProviderError, TimeoutError } from '@cepa/core'
import { Agent, fetch as undiciFetch } from 'undici'
import { afterEach, describe, expect, it } from 'vitest'
import { type CallLedger, fakeCall } from '../test/fake-call.ts'
import { startServer, type TestServer, until } from '../test/server.ts'
import { fetchCarrier } from './carrier.ts'
import type { Fetch, FetchInit } from './fetch.ts'
import { createNodeFetch } from './node-fetch.ts'
import { type SendOptions, send } from './send.ts'

let server: TestServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

const optionsOf = (ledger: CallLedger, change: Partial<SendOptions> = {}): SendOptions => ({
  call: ledger.call,
  provider: 'toy',
  carrier: fetchCarrier(),
  baseUrl: `${server?.url ?? 'http://127.0.0.1:9'}/v1/`,
  path: '/chat',
  headers: { authorization: 'Bearer tenant-key-1' },
  json: { a: 'ü' },
  stream: true,
  ...change,
})

const failure = async (pending: Promise<unknown>): Promise<ProviderError> => {
  const error = await pending.then(
    () => new Error('it did not fail'),
    (thrown: unknown) => thrown,
  )
  return error as ProviderError
}

describe('success', () => {
  it('sends the request and reports the attempt', async () => {
    let seen: object = {}
    server = await startServer((response, { method, url, headers }, body) => {
      seen = {
        method,
        url,
        authorization: headers.authorization,
        type: headers['content-type'],
        tenant: headers['x-tenant'],
        body,
      }
      response.writeHead(200, {
        'x-request-id': 'req_1',
        'x-ratelimit-remaining-requests': '59',
        'content-type': 'text/event-stream',
      })
      response.end('data: 1\n\n')
    })
    const ledger = fakeCall({ headers: { 'X-Tenant': 'acme' } })
    const exchange = await send(optionsOf(ledger))
    expect(seen).toEqual({
      method: 'POST',
      url: '/v1/chat',
      authorization: 'Bearer tenant-key-1',
      type: 'application/json',
      tenant: 'acme',
      body: '{"a":"ü"}',
    })
    expect(new TextDecoder().decode((await exchange.read()) ?? undefined)).toBe('data: 1\n\n')
    expect(await exchange.read()).toBeNull()
    expect(ledger.details).toEqual({
      status: 200,
      providerRequestId: 'req_1',
      serverAddress: '127.0.0.1',
      serverPort: Number(new URL(server.url).port),
      headersMs: 0,
      bytesSent: 10,
      bytesReceived: 9,
      wireBytesReceived: 9,
      rateLimit: { 'remaining-requests': '59' },
    })
    expect(ledger.listeners()).toBe(0)
  })

  it('the caller’s headers win', async () => {
    let seen: string | undefined
    const spy: Fetch = async (_url, init) => {
      seen = init.headers.authorization
      return { status: 200, headers: new Headers(), body: null }
    }
    await send(optionsOf(fakeCall({ headers: { Authorization: 'Bearer other' } }), { carrier: fetchCarrier(spy) }))
    expect(seen).toBe('Bearer other')
  })
})

describe('errors', () => {
  it('a status becomes a ProviderError, without the key', async () => {
    server = await startServer((response) => {
      response.writeHead(429, { 'x-request-id': 'req_2', 'retry-after': '2' })
      response.end('{"error":{"message":"slow down, tenant-key-1","code":"rate_limit_exceeded"}}')
    })
    const ledger = fakeCall()
    const error = await failure(send(optionsOf(ledger)))
    expect(error.message).toBe('toy answered 429 (rate_limit_exceeded): slow down, [redacted]')
    expect(error).toMatchObject({ kind: 'rate-limit', status: 429, retryAfterMs: 2_000, providerRequestId: 'req_2' })
    expect(ledger.details).toMatchObject({ status: 429, providerRequestId: 'req_2' })
    expect(ledger.listeners()).toBe(0)
  })

  it('waits for the explanation of a status no longer than five seconds', async () => {
    server = await startServer((response) => {
      response.writeHead(500)
      response.write('half an expl')
    })
    const ledger = fakeCall()
    const pending = failure(send(optionsOf(ledger)))
    await until(() => (ledger.details.bytesReceived ?? 0) > 0)
    ledger.clock.advance(5_000)
    expect((await pending).message).toBe('toy answered 500: "half an expl"')
    await until(() => server?.sockets.size === 0)
    expect(ledger.clock.pending).toBe(0)
  })

  it('a redirect is not followed', async () => {
    server = await startServer((response) => {
      response.writeHead(308, { location: 'http://127.0.0.1:9/' })
      response.end()
    })
    expect(await failure(send(optionsOf(fakeCall())))).toMatchObject({ kind: 'invalid-request', status: 308 })
  })

  it('a refused connection says where, and that nothing was sent', async () => {
    const ledger = fakeCall()
    const error = await failure(send(optionsOf(ledger)))
    expect(error).toMatchObject({
      kind: 'network',
      retryable: true,
      message: 'toy could not be reached at 127.0.0.1:9: ECONNREFUSED',
    })
    expect(ledger.details.bytesSent).toBeUndefined()
  })

  it('a certificate is not trusted more by trying again', async () => {
    const broken: Fetch = async () => {
      throw new TypeError('fetch failed', {
        cause: Object.assign(new Error('self-signed'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }),
      })
    }
    expect(await failure(send(optionsOf(fakeCall(), { carrier: fetchCarrier(broken) })))).toMatchObject({
      kind: 'network',
      retryable: false,
    })
  })

  it('what the fetch quotes of the key stays inside', async () => {
    const broken: Fetch = async (_url, init) => {
      throw new TypeError(`"${init.headers.authorization}" is an invalid header value`)
    }
    const error = await failure(send(optionsOf(fakeCall(), { carrier: fetchCarrier(broken) })))
    expect(`${error.stack} ${(error.cause as Error).stack}`).not.toContain('tenant-key-1')
  })

  it('bad headers and bodies are told before anything is sent', async () => {
    const never = fetchCarrier(async () => expect.unreachable())
    const header = await failure(send(optionsOf(fakeCall({ headers: { 'x-a': 'line\nbreak' } }), { carrier: never })))
    expect(header).toBeInstanceOf(OptionError)
    expect(header.message).toContain('toy: option headers.x-a')
    expect(header.message).not.toContain('break\n')
    const body = await failure(send(optionsOf(fakeCall(), { carrier: never, json: { a: 1n } })))
    expect(body.message).toMatch(/toy: option request is .*BigInt.*; a request must be plain data/)
  })
})

describe('limits say whose they are', () => {
  it('of the node fetch, with their value', async () => {
    server = await startServer(() => undefined)
    const error = await failure(
      send(optionsOf(fakeCall(), { carrier: fetchCarrier(createNodeFetch({ headersTimeoutMs: 1 })) })),
    )
    expect(error).toBeInstanceOf(TimeoutError)
    expect(error).toMatchObject({ limit: 'headers', limitMs: 1, kind: 'timeout', retryable: true })
    expect(error.message).toContain(
      'no response headers within 1 ms (limit headers, set by the fetch of toy, headersTimeout)',
    )
  })

  it('of a fetch over undici that somebody else made', async () => {
    server = await startServer((response, { url }) => {
      if (url?.endsWith('/body')) response.write('a')
    })
    const dispatcher = new Agent({ headersTimeout: 1, bodyTimeout: 1 })
    const limited = ((url: string, init: FetchInit) => undiciFetch(url, { ...init, dispatcher })) as unknown as Fetch
    const carrier = fetchCarrier(limited)
    const headers = await failure(send(optionsOf(fakeCall(), { carrier })))
    expect(headers.message).toMatch(/undici's headersTimeout, 300 s in Node by default/)
    const exchange = await send(optionsOf(fakeCall(), { carrier, path: '/body' }))
    await exchange.read()
    const body = await failure(exchange.read())
    expect(body.message).toMatch(/no more of the answer came within .*undici's bodyTimeout.* ms, after 1 bytes/)
    await dispatcher.close()
  })

  it.each([
    [
      'UND_ERR_HEADERS_TIMEOUT',
      /no response headers came within the limit of the fetch in use \(undici's headersTimeout, 300 s in Node by default\)/,
    ],
    [
      'UND_ERR_CONNECT_TIMEOUT',
      /no connection was made within the limit of the fetch in use \(undici's connect.timeout, 10 s by default\)/,
    ],
  ])('of another fetch: %s', async (code, words) => {
    const broken: Fetch = async () => {
      throw new TypeError('fetch failed', { cause: Object.assign(new Error('Timeout Error'), { code }) })
    }
    const error = await failure(send(optionsOf(fakeCall(), { carrier: fetchCarrier(broken) })))
    expect(error.kind).toBe('timeout')
    expect(error.message).toMatch(words)
  })

  it('of a runtime, or of a signal within the fetch', async () => {
    const limited: Fetch = async () => {
      throw new DOMException('The operation timed out.', 'TimeoutError')
    }
    const error = await failure(send(optionsOf(fakeCall(), { carrier: fetchCarrier(limited) })))
    expect(error).toMatchObject({ kind: 'timeout', retryable: true })
    expect(error.message).toBe(
      'toy: a limit of the fetch in use, or of the runtime, was met after 0 ms; no layer set it',
    )
  })
})

describe('abort', () => {
  it('before: nothing is sent', async () => {
    const ledger = fakeCall()
    ledger.controller.abort(new Error('enough'))
    const error = await failure(send(optionsOf(ledger, { carrier: fetchCarrier(async () => expect.unreachable()) })))
    expect(error.message).toBe('enough')
    expect(ledger.listeners()).toBe(0)
  })

  it('while waiting for headers: at once, and the socket closes', async () => {
    server = await startServer(() => undefined)
    const ledger = fakeCall()
    const pending = failure(send(optionsOf(ledger)))
    await until(() => server?.sockets.size === 1)
    ledger.controller.abort('enough')
    expect((await pending).cause).toBe('enough')
    await until(() => server?.sockets.size === 0)
    expect(ledger.listeners()).toBe(0)
  })

  it('while waiting for headers: the bytes that went out are reported', async () => {
    let received: string | undefined
    server = await startServer((_response, _request, body) => {
      received = body
    })
    const ledger = fakeCall()
    const pending = failure(send(optionsOf(ledger)))
    await until(() => received !== undefined)
    ledger.controller.abort(new Error('enough'))
    await pending
    expect(ledger.details).toMatchObject({ bytesSent: Buffer.byteLength(received ?? '') })
    expect(ledger.details).not.toHaveProperty('status')
  })

  it('before the connection is made: no byte is reported', async () => {
    server = await startServer(() => undefined)
    const ledger = fakeCall()
    const pending = failure(send(optionsOf(ledger)))
    ledger.controller.abort(new Error('enough'))
    await pending
    await until(() => server?.sockets.size === 0)
    expect(ledger.details).not.toHaveProperty('bytesSent')
  })

  it('a fetch that ignores its signal is not waited for; its late answer is thrown away', async () => {
    const ledger = fakeCall()
    let cancelled = false
    let answer: () => void = () => undefined
    const deaf: Fetch = () =>
      new Promise((resolve) => {
        const body = {
          getReader: () => ({
            read: async () => ({ done: true }),
            cancel: async () => {
              cancelled = true
            },
          }),
        }
        answer = () => resolve({ status: 200, headers: new Headers(), body })
      })
    const pending = failure(send(optionsOf(ledger, { carrier: fetchCarrier(deaf) })))
    ledger.controller.abort(new Error('enough'))
    expect((await pending).message).toBe('enough')
    answer()
    await until(() => cancelled)
  })

  it('in the middle of the body: a pending read settles, the socket closes', async () => {
    server = await startServer((response) => {
      response.writeHead(200)
      response.write('a')
    })
    const ledger = fakeCall()
    const exchange = await send(optionsOf(ledger))
    await exchange.read()
    const pending = exchange.read()
    ledger.controller.abort()
    expect(await pending).toBeNull()
    expect(exchange.closed).toBe(true)
    await until(() => server?.sockets.size === 0)
    expect(ledger.listeners()).toBe(0)
  })
})
