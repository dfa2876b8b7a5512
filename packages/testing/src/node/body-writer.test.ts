import { afterEach, expect, test } from 'vitest'
import { ask, deltas, readAll } from '../../test/ask.ts'
import { inTurn } from '../script.ts'
import { type FakeServer, fakeServer } from './fake-server.ts'

let server: FakeServer

afterEach(() => server.close())

test.each([1, 3, [5, 6, 40]])('cuts the body at %j without changing it', async (cut) => {
  server = await fakeServer({ text: 'Grüße, 世界', network: { cut } })
  const text = await (await ask(server)).text()
  expect(deltas(text)).toBe('Grüße, 世界')
  const { writes, bytesWritten } = server.last
  expect(writes.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(bytesWritten)
  if (typeof cut === 'number') expect(writes.length).toBe(Math.ceil(bytesWritten / cut))
  else expect(writes.map(({ bytes }) => bytes).slice(0, 3)).toEqual([5, 1, 34])
})

test.each(['gzip', 'deflate', 'br'] as const)('compresses with %s and counts both sides', async (encoding) => {
  server = await fakeServer({ steps: [{ text: 'a'.repeat(5000) }], network: { encoding, cut: 7 } })
  const text = await (await ask(server)).text()
  expect(deltas(text)).toBe('a'.repeat(5000))
  expect(server.last.bytesDecoded).toBe(text.length)
  expect(server.last.bytesWritten).toBeLessThan(text.length)
})

test.each([
  ['resetAtByte', true],
  ['halfCloseAtByte', true],
  ['endAtByte', false],
] as const)('%s ends the body after exactly so many bytes', async (kind, broken) => {
  for (const at of [0, 1, 77, 200]) {
    server = await fakeServer({ text: 'one two three', network: { fault: { [kind]: at } as { resetAtByte: number } } })
    const { bytes, error } = await readAll(await ask(server))
    expect(bytes).toBe(at)
    expect(error !== undefined).toBe(broken)
    await server.quiet()
    expect(server.last).toMatchObject({ outcome: 'failed', bytesWritten: at })
    await server.close()
  }
})

test('stalls at a byte until the client leaves, and sees when it does', async () => {
  server = await fakeServer({ text: 'one two three', network: { fault: { stallAtByte: 300 } } })
  const left = new AbortController()
  const response = await ask(server, {}, { signal: left.signal })
  const reader = (response.body as ReadableStream<Uint8Array>).getReader()
  for (let bytes = 0; bytes < 300; ) bytes += (await reader.read()).value?.length ?? 0
  expect(server.open).toBe(1)
  const leftAt = performance.now()
  left.abort()
  await server.last.settled
  expect(server.last).toMatchObject({ outcome: 'closed', bytesWritten: 300 })
  expect(server.last.bytesAfter(leftAt)).toBe(0)
})

test('a client that leaves after the last byte but before the end has had it all', async () => {
  server = await fakeServer({ text: 'one two', network: { cut: 11 } })
  const left = new AbortController()
  const reader = ((await ask(server, {}, { signal: left.signal })).body as ReadableStream<Uint8Array>).getReader()
  for (let text = ''; !text.includes('[DONE]'); ) text += Buffer.from((await reader.read()).value ?? []).toString()
  left.abort()
  await server.last.settled
  expect(server.last.outcome).toBe('ended')
})

test('a reset before headers, and one as a step', async () => {
  server = await fakeServer(
    inTurn({ network: { resetBeforeHeaders: true } }, [{ text: 'one' }, { reset: true }], {
      failure: { kind: 'network' },
    }),
  )
  await expect(ask(server)).rejects.toThrow()
  const { bytes, error } = await readAll(await ask(server))
  expect(bytes).toBeGreaterThan(0)
  expect(error).toBeDefined()
  await expect(ask(server)).rejects.toThrow()
  expect(server.ledger.map(({ outcome }) => outcome)).toEqual(['failed', 'failed', 'failed'])
})

test('line ends, marks, comments and missing ends of an event stream', async () => {
  server = await fakeServer({
    steps: [{ text: 'a' }, { comment: 'still here' }],
    network: { lineEnd: '\r\n', byteOrderMark: true, keepAlive: 'ping', noSpace: true, noFinalNewline: true },
  })
  const bytes = Buffer.from(await (await ask(server)).arrayBuffer())
  expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf])
  const text = bytes.subarray(3).toString()
  expect(text.startsWith(':ping\r\n\r\ndata:{')).toBe(true)
  expect(text).toContain(': still here\r\n\r\n')
  expect(text.endsWith('data:[DONE]')).toBe(true)
})
