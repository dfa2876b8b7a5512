import { once } from 'node:events'
import { gunzipSync } from 'node:zlib'
import { virtualClock } from '@cepa/testing'
import { Webhook } from 'standardwebhooks'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { callItem, oneOfEach, send, startedAtMs } from '../test/items.ts'
import { receiver } from '../test/receiver.ts'
import { remoteExporter } from './index.ts'

const keyOf = (byte: number): string => `whsec_${Buffer.alloc(32, byte).toString('base64')}`
const key = keyOf(0xfb)

describe('a batch', () => {
  test('is one request with all items, compressed, and says what they are', async () => {
    const { url, received } = await receiver()
    expect(await send(remoteExporter({ url }), oneOfEach)).toEqual({ ok: true })
    expect(received).toHaveLength(1)
    const [{ method, headers, body, bytes, url: path }] = received as [(typeof received)[0]]
    expect([method, path, headers['content-type'], headers['content-encoding']]).toEqual([
      'POST',
      '/calls/secret-path?token=secret-query',
      'application/json',
      'gzip',
    ])
    expect(gunzipSync(bytes).toString()).toBe(body)
    expect(JSON.parse(body)).toEqual({
      type: 'cepa.batch',
      timestamp: new Date(startedAtMs + 2000).toISOString(),
      data: { items: oneOfEach.map((item) => Object.values(item)[1]) },
    })
    expect(headers).not.toHaveProperty('webhook-signature')
  })

  test('is not compressed where that is not wanted, or the runtime cannot', async () => {
    const { url, received } = await receiver()
    await send(remoteExporter({ url, gzip: false }))
    vi.stubGlobal('CompressionStream', undefined)
    await send(remoteExporter({ url }))
    for (const { headers, bytes } of received) {
      expect(headers).not.toHaveProperty('content-encoding')
      expect(JSON.parse(bytes.toString()).data.items).toHaveLength(1)
    }
    expect(received).toHaveLength(2)
  })

  afterEach(() => vi.unstubAllGlobals())

  test('has the headers that were given, and the exporter a name', async () => {
    const { url, received } = await receiver()
    const exporter = remoteExporter({ url, headers: { Authorization: 'Bearer t0ken', 'x-team': 'acme' }, name: 'lake' })
    await send(exporter)
    expect(received[0]?.headers).toMatchObject({ authorization: 'Bearer t0ken', 'x-team': 'acme' })
    expect(exporter).toMatchObject({
      name: 'lake',
      wants: ['call', 'group', 'loss'],
      limits: { maxBatchBytes: 524_288 },
    })
    expect(remoteExporter({ url, notes: true }).wants).toEqual(['call', 'group', 'note', 'loss'])
  })

  test('goes over a connection that is there', async () => {
    const { url, received, sockets } = await receiver()
    const exporter = remoteExporter({ url })
    for (let index = 0; index < 20; index++)
      expect(await send(exporter, [callItem(String(index))])).toEqual({ ok: true })
    expect(received).toHaveLength(20)
    expect(sockets()).toBe(1)
  })

  test('goes through the fetch that was given, else through the one that is there when it is sent', async () => {
    const own = vi.fn(
      async (_url: string, _init: { headers: Record<string, string> }) => new Response('', { status: 202 }),
    )
    expect(await send(remoteExporter({ url: 'https://collect.example/x', fetch: own }))).toEqual({ ok: true })
    const exporter = remoteExporter({ url: 'https://collect.example/x' })
    vi.stubGlobal('fetch', own)
    expect(await send(exporter)).toEqual({ ok: true })
    expect(own.mock.calls.map(([url, init]) => [url, Object.hasOwn(init.headers, 'webhook-id')])).toEqual([
      ['https://collect.example/x', true],
      ['https://collect.example/x', true],
    ])
  })
})

describe('a signature', () => {
  const verified = (webhook: Webhook, { body, headers }: { body: string; headers: object }): unknown =>
    webhook.verify(body, headers as Record<string, string>)

  test('is one that the library of the standard accepts, compressed or not, and no other key makes it', async () => {
    const { url, received } = await receiver()
    for (const gzip of [true, false]) await send(remoteExporter({ url, key, gzip }), oneOfEach)
    for (const request of received) {
      expect(verified(new Webhook(key), request)).toEqual(JSON.parse(request.body))
      expect(() => verified(new Webhook(keyOf(1)), request)).toThrow('No matching signature')
      expect(() => verified(new Webhook(key), { ...request, body: request.body.replace('c-1', 'c-2') })).toThrow()
    }
    expect(received).toHaveLength(2)
  })

  test('is made with every key, so that a receiver may have any of them', async () => {
    const { url, received } = await receiver()
    await send(remoteExporter({ url, key: [key, keyOf(1).slice('whsec_'.length)] }))
    const [request] = received as [(typeof received)[0]]
    expect(String(request.headers['webhook-signature'])).toMatch(/^v1,\S{44} v1,\S{44}$/)
    for (const one of [key, keyOf(1)]) expect(verified(new Webhook(one), request)).toBeTruthy()
    expect(() => verified(new Webhook(keyOf(2)), request)).toThrow()
  })

  test('of a batch that is sent again has the same id and a new time', async () => {
    const { url, received } = await receiver()
    const clock = virtualClock({ epochMs: startedAtMs + 999 })
    const exporter = remoteExporter({ url, key, clock })
    await send(exporter)
    await clock.advance(61_000)
    await send(exporter)
    await send(exporter, [callItem('c-2')])
    const [first, again, other] = received.map(({ headers }) => headers)
    expect(first?.['webhook-id']).toMatch(/^msg_[\w-]{43}$/)
    expect(again?.['webhook-id']).toBe(first?.['webhook-id'])
    expect(other?.['webhook-id']).not.toBe(first?.['webhook-id'])
    expect([first, again].map((headers) => headers?.['webhook-timestamp'])).toEqual(['1767225600', '1767225661'])
    expect(again?.['webhook-signature']).not.toBe(first?.['webhook-signature'])
    const at = Number(again?.['webhook-timestamp']) * 1000
    expect(again?.['webhook-signature']).toBe(
      new Webhook(key).sign(String(again?.['webhook-id']), new Date(at), received[1]?.body as string),
    )
  })
})

describe('a batch that does not arrive', () => {
  test.each<[number, boolean]>([
    [200, true],
    [202, true],
    [204, true],
  ])('has arrived with %i', async (status) => {
    const { url, answer } = await receiver()
    answer((response) => response.writeHead(status).end())
    expect(await send(remoteExporter({ url }))).toEqual({ ok: true })
  })

  test.each<[number, boolean, string]>([
    [301, false, '; redirects are not followed, give the address that it leads to'],
    [400, false, ''],
    [401, false, ''],
    [404, false, ''],
    [408, true, ''],
    [410, false, ''],
    [413, false, '; the batch is too large for it, see maxBatchBytes'],
    [425, true, ''],
    [429, true, ''],
    [500, true, ''],
    [501, false, ''],
    [502, true, ''],
    [503, true, ''],
  ])('with %i may come again: %s', async (status, retry, hint) => {
    const { url, origin, answer, received } = await receiver()
    answer((response) => response.writeHead(status, { location: `${origin}/elsewhere` }).end('no'))
    const result = await send(remoteExporter({ url }))
    expect(result).toMatchObject({
      ok: false,
      retry,
      error: { message: `exporter remote: ${origin} answered ${status}${hint}`, status },
    })
    expect(result).not.toHaveProperty('retryAfterMs')
    expect(received).toHaveLength(1)
  })

  test.each([
    ['120', 120_000],
    [new Date(startedAtMs + 30_000).toUTCString(), 30_000],
    [new Date(startedAtMs - 30_000).toUTCString(), 0],
  ])('waits as long as the server says: %s', async (value, expected) => {
    const { url, answer } = await receiver()
    answer((response) => response.writeHead(503, { 'retry-after': value }).end())
    const exporter = remoteExporter({ url, clock: virtualClock({ epochMs: startedAtMs }) })
    expect(await send(exporter)).toMatchObject({ ok: false, retry: true, retryAfterMs: expected })
  })

  test('may come again where nobody listens, and says what the system said', async () => {
    const { url, origin, close } = await receiver()
    await close()
    expect(await send(remoteExporter({ url }))).toMatchObject({
      ok: false,
      retry: true,
      error: { message: `exporter remote: ${origin} cannot be reached (ECONNREFUSED)`, code: 'ECONNREFUSED' },
    })
  })

  test('may come again where the connection breaks', async () => {
    const { url, answer } = await receiver()
    answer((response) => response.destroy())
    expect(await send(remoteExporter({ url }))).toMatchObject({ ok: false, retry: true })
  })

  test('may come again when its time is up, and its connection is closed', async () => {
    const { url, origin, answer } = await receiver()
    const hurry = new AbortController()
    const gone = Promise.withResolvers<void>()
    answer((response) => {
      response.on('close', gone.resolve)
      hurry.abort()
    })
    expect(await send(remoteExporter({ url }), undefined, hurry.signal)).toMatchObject({
      ok: false,
      retry: true,
      error: { message: expect.stringContaining(`exporter remote: ${origin} gave no answer in time`) },
    })
    await gone.promise
  })

  test('has arrived when the status came, whatever becomes of the rest of the answer', async () => {
    const { url, answer } = await receiver()
    answer((response) => {
      response.writeHead(200, { 'content-length': 100 })
      response.write('half', () => response.destroy())
    })
    expect(await send(remoteExporter({ url }))).toEqual({ ok: true })
  })

  test('does not wait for an answer without end', async () => {
    const { url, answer } = await receiver()
    const left = Promise.withResolvers<void>()
    answer((response) => {
      response.on('close', left.resolve)
      const chunk = Buffer.alloc(16_384)
      const more = (): void =>
        void (response.write(chunk) ? setImmediate(more) : once(response, 'drain').then(more, () => {}))
      more()
    })
    expect(await send(remoteExporter({ url }))).toEqual({ ok: true })
    await left.promise
  })

  test('because JSON cannot say it does not come again', async () => {
    const { url, received } = await receiver()
    const odd = callItem('odd', { attributes: { big: 1n as never } })
    expect(await send(remoteExporter({ url }), [odd])).toMatchObject({
      ok: false,
      retry: false,
      error: { message: 'exporter remote: cannot make a batch (TypeError)' },
    })
    expect(received).toEqual([])
  })
})
