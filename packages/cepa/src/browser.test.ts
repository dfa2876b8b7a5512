import { fakeProvider } from '@cepa/testing'
import { describe, expect, test } from 'vitest'
import { watchedPipeline } from '../test/watched-pipeline.ts'
import { bodyOf, browse, readUntil, serve, WAYS, type Way } from '../test/web-server.ts'
import { pipeline, pipeTo, type Reply, type ReplySource, toResponse } from './index.ts'

type Watched = Awaited<ReturnType<typeof watchedPipeline>>
type Give = (watched: Watched, answer: (source: ReplySource) => void) => void

const FORMS: readonly (readonly [string, Give])[] = [
  ['a function', ({ ask }, answer) => answer((signal) => ask(signal))],
  ['a reply', ({ ask }, answer) => void ask().then(answer)],
]
const COMBINED = WAYS.flatMap(([way, answer]) =>
  FORMS.map(([form, give]) => ({ name: `${way} of ${form}`, answer, give }) as const),
)

const serving = (watched: Watched, { answer, give }: { answer: Way; give: Give }) =>
  serve((response) => give(watched, (source) => answer(source, response)))

describe.each(COMBINED)('$name', (way) => {
  test('streams the answer as server-sent events', async () => {
    await using watched = await watchedPipeline({ text: 'one two three four', everyMs: 2 })
    await using server = await serving(watched, way)
    const response = await browse(server)
    const body = await bodyOf(response)
    expect(response.headers['content-type']).toBe('text/event-stream; charset=utf-8')
    const messages = body.trim().split('\n\n')
    expect(messages[0]).toMatch(/^event: start\ndata: \{/)
    expect(messages.filter((message) => message.startsWith('event: text\n'))).toHaveLength(4)
    expect(messages.at(-1)).toMatch(/^event: end\ndata: .*"finish":"stop"/)
    expect(body).not.toContain('"at"')
    expect((await watched.ended).ending.kind).toBe('done')
  })

  test('ends the call when the browser leaves in the middle, also while the provider says nothing', async () => {
    await using watched = await watchedPipeline([{ text: 'An onion has ' }, { text: 'many' }, { stall: true }])
    await using server = await serving(watched, way)
    const response = await browse(server)
    await readUntil(response, 'many')
    response.destroy()
    const { ending, usage } = await watched.ended
    expect(ending).toMatchObject({ kind: 'abandoned', completion: { text: 'An onion has many' } })
    expect(usage?.answer).toMatchObject({ source: 'estimate', inputTokens: expect.any(Number) })
    expect(usage?.answer?.outputTokens).toBeGreaterThan(2)
    await watched.provider.quiet()
    expect(watched.provider.last.outcome).toBe('closed')
    await expect.poll(() => watched.provider.openSockets).toBe(0)
  })

  test('tells the browser that the answer failed, and not why', async () => {
    await using watched = await watchedPipeline([{ text: 'I' }, { error: { status: 500, message: 'secret detail' } }])
    await using server = await serving(watched, way)
    const body = await bodyOf(await browse(server))
    expect(body).toMatch(/event: error\ndata: \{"code":"CEPA_PROVIDER","kind":"server"\}\n\n$/)
    expect(body).not.toContain('secret')
  })

  test('reads no faster than the browser does', async () => {
    const texts = Array.from({ length: 20_000 }, () => ({ text: 'x'.repeat(2000) }))
    await using watched = await watchedPipeline({ steps: texts })
    await using server = await serving(watched, way)
    const response = await browse(server)
    response.pause()
    let before = -1
    const rests = () => {
      const { events } = watched.seen
      const same = events === before && events > 0
      before = events
      return same
    }
    await expect.poll(rests, { interval: 200, timeout: 15_000 }).toBe(true)
    // what sockets and streams hold is a few megabytes of the 40
    expect(watched.seen.events).toBeLessThan(8_000)
    response.destroy()
    expect((await watched.ended).ending.kind).toBe('abandoned')
  })
})

describe.each(WAYS)('%s', (_name, answer) => {
  test.each([
    ['has sent headers', [{ stall: true }]],
    ['has sent nothing', { noHeaders: true }],
  ] as const)(
    'ends the call when the browser leaves before the first token: the provider %s',
    async (_what, script) => {
      await using watched = await watchedPipeline(script)
      await using server = await serve((response) => answer(watched.ask, response))
      const response = await browse(server)
      await watched.provider.request(0)
      response.destroy()
      const { ending, usage } = await watched.ended
      expect(ending).toMatchObject({ kind: 'aborted', error: { cause: { message: 'the browser left' } } })
      expect(usage?.answer?.inputTokens).toBeGreaterThan(0)
      await watched.provider.quiet()
      expect(watched.provider.last.outcome).toBe('closed')
      await expect.poll(() => watched.provider.openSockets).toBe(0)
    },
  )

  test('tells the browser that the call was refused, and not why', async () => {
    await using watched = await watchedPipeline({ failure: { status: 401, message: 'secret detail' } })
    await using server = await serve((response) => answer(watched.ask, response))
    const body = await bodyOf(await browse(server))
    expect(body).toBe('event: error\ndata: {"code":"CEPA_PROVIDER","kind":"auth"}\n\n')
  })

  test('leaves a reply that comes when the browser has left, from one that heeds no signal', async () => {
    await using watched = await watchedPipeline([{ text: 'late' }, { stall: true }])
    const left = Promise.withResolvers<void>()
    await using server = await serve((response) => {
      response.once('close', () => setImmediate(left.resolve))
      answer(() => left.promise.then(() => watched.ask()), response)
    })
    const response = await browse(server)
    response.destroy()
    expect((await watched.ended).ending).toMatchObject({ kind: 'abandoned', reason: 'the browser left' })
    await watched.provider.quiet()
  })

  test('sends bytes as base64', async () => {
    const bytes = Buffer.from('Hi')
    const chat = pipeline(fakeProvider([{ file: { type: 'image', bytes } }, { file: new Uint8Array(bytes) }]))
    await using server = await serve((response) => answer(() => chat({ model: 'm', messages: [] }), response))
    const body = await bodyOf(await browse(server))
    expect(body).toContain('"value":{"type":"image","bytes":"SGk="}')
    expect(body).toContain('"value":"SGk="')
  })
})

test('pipeTo asks for nothing where the browser has left already', async () => {
  let asked = 0
  const ask = () => Promise.reject<Reply>(new Error(`asked ${++asked} times`))
  const piped = Promise.withResolvers<void>()
  await using server = await serve((response) => {
    response.destroy()
    piped.resolve(pipeTo(ask, response))
  })
  await expect(browse(server)).rejects.toThrow('socket hang up')
  await piped.promise
  expect(asked).toBe(0)
})

test('pipeTo is over when the browser has left, whether or not the signal is heeded', async () => {
  const piped = Promise.withResolvers<void>()
  await using server = await serve((response) => piped.resolve(pipeTo(() => new Promise(() => undefined), response)))
  const response = await browse(server)
  response.destroy()
  await piped.promise
})

test('headers of one name are one header, however they are written', () => {
  const { headers } = toResponse(() => Promise.reject(new Error('never asked')), {
    headers: { 'Content-Type': 'text/event-stream', 'X-Trace': 'a' },
  })
  expect(headers.get('content-type')).toBe('text/event-stream')
  expect(headers.get('x-trace')).toBe('a')
  expect(headers.get('cache-control')).toBe('no-cache, no-transform')
})

test.each([
  ['an option that there is not', { mapp: () => 1 }, /option mapp is given.*did you mean map\?/],
  ['an option of another kind', { mapError: 1 }, /option mapError is 1.*a function/],
])('refuses %s', async (_what, options, message) => {
  const never = () => Promise.reject<Reply>(new Error('never asked'))
  expect(() => toResponse(never, options as never)).toThrow(message)
  await expect(pipeTo(never, {} as never, options as never)).rejects.toThrow(message)
})

test('refuses a promise of a reply, which would be waited for without the signal', async () => {
  const promised = pipeline(fakeProvider('Hi'))({ model: 'm', messages: [] })
  expect(() => toResponse(promised as never)).toThrow(/answer is a promise.*\(signal\) => chat/)
  await expect(pipeTo(promised as never, {} as never)).rejects.toThrow(/pipeTo.*answer is a promise/)
  await (await promised).cancel()
})
