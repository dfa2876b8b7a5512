import { inspect } from 'node:util'
import type { ExportResult } from '@cepa/core'
import { describe, expect, test } from 'vitest'
import { send } from '../test/items.ts'
import { receiver } from '../test/receiver.ts'
import { type RemoteExporterOptions, remoteExporter } from './index.ts'

const bytes = Buffer.from('an onion has layers, and a key has bytes')
const key = `whsec_${bytes.toString('base64')}`
const token = 'Bearer onions-are-secret'
const secrets = [key, bytes.toString('base64'), bytes.toString(), bytes.toString('hex'), token, 'onions-are-secret']

const options = (url: string): RemoteExporterOptions => ({ url, key, headers: { authorization: token } })

/** Everything that a result says, its error with all that hangs on it. */
const toldBy = (result: unknown): string => inspect(result, { depth: 12, showHidden: true, maxStringLength: null })

function expectNoSecret(result: ExportResult): void {
  expect(result.ok).toBe(false)
  const told = toldBy(result)
  for (const secret of [...secrets, 'secret-path', 'secret-query']) expect(told).not.toContain(secret)
}

describe('no key, no header and no part of the path is in an error', () => {
  test.each([400, 401, 429, 500])('when the server says them all again with %i', async (status) => {
    const { url, received, answer } = await receiver()
    answer((response) => {
      const [request] = received as [(typeof received)[0]]
      const said = JSON.stringify({ headers: request.headers, key, url: request.url })
      response.writeHead(status, `bad ${token}`, { 'x-request-id': key, 'retry-after': token }).end(said)
    })
    expectNoSecret(await send(remoteExporter(options(url))))
    expect(received[0]?.headers.authorization).toBe(token)
  })

  test('when nobody listens, or time is up', async () => {
    const { url, close } = await receiver()
    await close()
    expectNoSecret(await send(remoteExporter(options(url))))
    expectNoSecret(await send(remoteExporter(options(url)), undefined, AbortSignal.abort(new Error(token))))
  })

  test('when a fetch throws them', async () => {
    const throwing = (thrown: unknown) => () => Promise.reject(thrown)
    const url = 'https://collect.example/secret-path?token=secret-query'
    const cause = Object.assign(new Error(key), { code: token })
    const thrown = [
      new Error(`${url} ${key}`, { cause }),
      token,
      { code: key, name: token },
      Object.assign(new Error('x'), { init: options(url) }),
    ]
    for (const each of thrown) expectNoSecret(await send(remoteExporter({ ...options(url), fetch: throwing(each) })))
  })
})

describe('options', () => {
  const refusal = (given: object): string => {
    try {
      remoteExporter(given as RemoteExporterOptions)
    } catch (error) {
      expect(error).toMatchObject({ name: 'OptionError', code: 'CEPA_OPTION' })
      for (const secret of secrets) expect(toldBy(error)).not.toContain(secret)
      return (error as Error).message
    }
    return 'none'
  }
  const url = 'https://collect.example/'

  test.each<[object, string]>([
    [{}, 'option url is undefined; it must be a string that is not empty'],
    [{ url: '/calls' }, 'option url is no URL; it must be an absolute URL, with https or http'],
    [{ url: 'ftp://collect.example' }, 'option url is of the scheme ftp:; it must be https or http'],
    [
      { url: 'https://user:onions-are-secret@collect.example' },
      'option url is one with a user or a password; give an authorization in headers',
    ],
    [
      { url, key: 'whsec_c2hvcnQ=' },
      'option key is a string; it must be whsec_ and 24 to 64 bytes of base64, or a list',
    ],
    [{ url, key: `${key}!` }, 'option key is a string; it must be whsec_'],
    [{ url, key: `whsec_${Buffer.alloc(65).toString('base64')}` }, 'option key is a string'],
    [{ url, key: [] }, 'each item whsec_ and 24 to 64 bytes of base64, at least one'],
    [{ url, key: [key, 'no'] }, 'option key is a list; it must be'],
    [
      { url, headers: { authorization: `${token}\nx: y` } },
      'option headers is an object; it must be an object, each name and value fit for a header',
    ],
    [{ url, headers: { 'a b': token } }, 'option headers is an object'],
    [{ url, headers: { 'Webhook-Signature': token } }, 'without those that say what the body is or who signed it'],
    [{ url, headers: { 'content-type': 'text/plain' } }, 'option headers'],
    [{ url, headers: { authorization: 7 } }, 'option headers'],
    [{ url, gzip: 1 }, 'option gzip is 1; it must be true or false'],
    [{ url, fetch: 'fetch' }, 'option fetch is "fetch"; it must be a function'],
    [{ url, keys: key }, 'option keys is given; there is no such option; did you mean key?'],
  ])('are refused before anything is sent, without their secrets: %#', (given, message) => {
    expect(refusal(given)).toContain(message)
  })

  test('take a key with and without its prefix', () => {
    expect(refusal({ url, key })).toBe('none')
    expect(refusal({ url, key: key.slice(6) })).toBe('none')
  })
})
