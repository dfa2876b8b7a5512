import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { middleware, OptionError, pipeline, requestIdFact, route } from '@cepa/core'
import { fakeProvider, outcomeOf, testMiddleware } from '@cepa/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type RequestIdOptions, requestId } from './index.ts'

const request = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] } as const

/** A layer that keeps the ids that it reads. */
function reader() {
  const ids: string[] = []
  const layer = middleware({
    name: 'reader',
    reads: [requestIdFact],
    start: (call) => void ids.push(call.facts.requestId),
  })
  return { ids, layer }
}

/** Makes one call and tells the id that the layer inside read. */
async function idOf(options?: RequestIdOptions, call?: { requestId?: string }): Promise<string> {
  const { ids, layer } = reader()
  await pipeline(fakeProvider('Hello'), requestId(options), layer).complete(request, call)
  return ids[0] as string
}

describe('an id that is made', () => {
  test('has 21 characters of nanoid, and another one for each call', async () => {
    const { ids, layer } = reader()
    const chat = pipeline(fakeProvider('Hello'), requestId(), layer)
    const streamed = async () => (await chat(request)).result()
    await Promise.all(Array.from({ length: 200 }, (_, index) => (index % 2 ? chat.complete(request) : streamed())))
    expect(new Set(ids).size).toBe(200)
    for (const id of ids) expect(id).toMatch(/^[\w-]{21}$/)
  })

  test('takes a prefix and a size', async () => {
    expect(await idOf({ prefix: 'req_', size: 10 })).toMatch(/^req_[\w-]{10}$/)
  })

  test('comes from a generator', async () => {
    let made = 0
    expect(await idOf({ generator: () => `call-${++made}`, prefix: 'eu:' })).toBe('eu:call-1')
  })

  test.each([
    ['two words', 'requestId: option generator is one that gave "two words"; it may have letters'],
    ['', 'it must not be empty'],
    [7, 'one that gave a number; it must be a string, not number'],
    [Promise.resolve('id'), 'one that gave a object; it must be a string'],
  ])('of a generator that gives %j fails the call before anything is sent', async (given, message) => {
    const provider = fakeProvider('Hello')
    const chat = pipeline(provider, requestId({ generator: () => given as string }))
    const { error } = await outcomeOf(chat.complete(request))
    expect(error).toBeInstanceOf(OptionError)
    expect(error?.message).toContain(message)
    expect(provider.ledger).toHaveLength(0)
  })
})

describe('an id that the caller brings', () => {
  test.each([
    'req-1',
    'V1StGXR8_Z5jdHi6B-myT',
    '1-5759e988-bd862e3fe1be46a994272793',
    'urn:uuid:2c5ea4c0-4067-11e9-8bad-9b1deb4d3b7d',
    'svc/eu:42@host+a=b~c',
    'x'.repeat(128),
  ])('is kept as it is: %s', async (id) => {
    expect(await idOf({ prefix: 'req_' }, { requestId: id })).toBe(id)
  })

  test.each([
    ['a line break', 'id\r\nauthorization: none', '"id\\r\\nauthorization: none"; it may have letters, digits and'],
    ['an escape', 'id\u001b[31m', 'it may have letters'],
    ['a space', 'two words', 'no spaces, quotes or line breaks'],
    ['a quote', 'a"b', 'no spaces, quotes'],
    ['markup', '<b>', 'it may have letters'],
    ['letters beyond ASCII', 'größe', 'it may have letters'],
    ['no character', '', 'option requestId is ""; it must not be empty'],
    ['129 characters', 'x'.repeat(129), 'at most 128 characters, not 129'],
  ])('with %s is refused before anything is sent', async (_, id, message) => {
    const provider = fakeProvider('Hello')
    const chat = pipeline(provider, requestId())
    for (const call of [chat.complete(request, { requestId: id }), chat(request, { requestId: id })]) {
      const { error } = await outcomeOf<unknown>(call)
      expect(error).toBeInstanceOf(OptionError)
      expect(error?.message).toMatch(/^call: option requestId is /)
      expect(error?.message).toContain(message)
    }
    expect(provider.ledger).toHaveLength(0)
  })

  test('that is kept can never break a header, a line or a JSON text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 140 }), async (id) => {
        const { ids, layer } = reader()
        const chat = pipeline(fakeProvider('Hello'), requestId(), layer)
        const { error } = await outcomeOf(chat.complete(request, { requestId: id }))
        if (error) expect(error).toBeInstanceOf(OptionError)
        else expect(ids[0]).toMatch(/^[!-~]{1,128}$/)
        expect(JSON.stringify(ids[0] ?? '').length).toBe((ids[0] ?? '').length + 2)
      }),
    )
  })
})

describe('the provider', () => {
  const headersOf = async (options: RequestIdOptions, call = {}) => {
    const provider = fakeProvider('Hello')
    await pipeline(provider, requestId(options)).complete(request, { requestId: 'id-1', ...call })
    return provider.last.headers
  }

  test('is not told the id by default', async () => {
    expect(await headersOf({})).toEqual({})
    expect(await headersOf({ header: false })).toEqual({})
  })

  test('is told it in x-request-id, or in the header of this name, beside the headers of the caller', async () => {
    expect(await headersOf({ header: true })).toEqual({ 'x-request-id': 'id-1' })
    expect(await headersOf({ header: 'x-client-request-id' }, { headers: { 'x-team': 'a' } })).toEqual({
      'x-client-request-id': 'id-1',
      'x-team': 'a',
    })
  })

  test('is told the same id by every attempt, also where other layers read the fact', async () => {
    const provider = fakeProvider(({ attempt }) => (attempt === 0 ? { failure: { status: 500 } } : 'Hello'))
    const again = middleware({
      name: 'again',
      traits: { repeats: true },
      handle: (call, next) => next(call).catch(() => next(call)),
    })
    const { ids, layer } = reader()
    await pipeline(provider, requestId({ header: true }), layer, again).complete(request)
    expect(provider.ledger.map(({ headers }) => headers['x-request-id'])).toEqual([ids[0], ids[0]])
  })
})

describe('in a nested pipeline', () => {
  test('the id of the call is inherited, and not made again', async () => {
    const { ids, layer } = reader()
    const { ids: outerIds, layer: outerLayer } = reader()
    const inner = pipeline(fakeProvider('Hello'), requestId({ prefix: 'inner_', header: true }), layer)
    await pipeline(route({ a: inner }), requestId({ prefix: 'outer_' }), outerLayer).complete({
      ...request,
      model: 'a/m',
    })
    expect(ids).toEqual(outerIds)
    expect(ids[0]).toMatch(/^outer_/)
  })

  test('it is made by the inner one where the outer has none', async () => {
    const { ids, layer } = reader()
    await pipeline(pipeline(fakeProvider('Hello'), requestId({ prefix: 'inner_' }), layer)).complete(request)
    expect(ids[0]).toMatch(/^inner_/)
  })
})

describe('options', () => {
  test.each<[RequestIdOptions, string]>([
    [{ size: 3 }, 'requestId: option size is 3; it must be an integer from 6 to 64'],
    [{ size: 21.5 }, 'option size is 21.5'],
    [{ prefix: 'a b' }, 'option prefix is "a b"; it must be a string of 1 to 32 letters, digits and _ . : -'],
    [{ header: '' }, 'option header is ""; it must be true or false, or the name of a header'],
    [
      { header: 'x request' },
      'option header is "x request"; it must be the name of a header that carries nothing else',
    ],
    [{ header: 'Authorization' }, 'carries nothing else, such as x-request-id'],
    [{ generator: 'uuid' as never }, 'option generator is "uuid"; it must be a function'],
    [{ generator: () => 'a', size: 8 }, 'option size is 8; it is the length of ids that nanoid makes'],
    [{ length: 8 } as never, 'option length is given; there is no such option'],
  ])('%j are refused at once', (options, message) => {
    expect(() => requestId(options)).toThrow(OptionError)
    expect(() => requestId(options)).toThrow(message)
  })

  test('are told by explain()', () => {
    const dataFor = (options?: RequestIdOptions) =>
      pipeline(fakeProvider('Hello'), requestId(options)).explain({ json: true }).layers[0]?.data
    expect(dataFor()).toEqual({ size: 21, header: false })
    expect(dataFor({ prefix: 'r-', generator: () => 'a', header: true })).toEqual({ prefix: 'r-', header: true })
  })

  test('per call there are none, but it can be left out', async () => {
    const chat = pipeline(fakeProvider('Hello'), requestId())
    const { error } = await outcomeOf(chat.complete(request, { layers: { requestId: { prefix: 'a' } as never } }))
    expect(error?.message).toContain('requestId takes no options per call but `false`')
  })
})

test('makes ids where Node’s Buffer is missing, as in workerd and browsers', () => {
  const script = `
    delete globalThis.Buffer
    const { requestId } = await import('./index.ts')
    const { pipeline, Reply } = await import('@cepa/core')
    let given
    const adapter = { name: 'a', operations: ['chat'], identity: () => 'a', handle: async (call) => {
      given = call.headers['x-request-id']
      return Reply.from([{ type: 'end', finish: 'stop', at: 0 }])
    } }
    await pipeline(adapter, requestId({ header: true })).complete({ model: 'm', messages: [] })
    console.log(given)`
  const folder = fileURLToPath(new URL('.', import.meta.url))
  const conditions = ['--conditions=@cepa/source', '--conditions=browser', '--input-type=module']
  const printed = execFileSync(process.execPath, [...conditions, '--eval', script], { cwd: folder, encoding: 'utf8' })
  expect(printed.trim()).toMatch(/^[\w-]{21}$/)
})

test('keeps the contract', async () => {
  let made = 0
  const report = await testMiddleware({
    make: () => requestId({ generator: () => `id-${++made}`, header: true }),
    name: 'requestId',
    badOptions: [() => requestId({ size: 0 }), () => requestId({ header: 'a b' })],
    badCallOptions: [{ prefix: 'a' }, true],
  })
  expect(report.broken).toEqual([])
})
