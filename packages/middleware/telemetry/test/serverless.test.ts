import { type ChildProcess, fork } from 'node:child_process'
import { on, once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { TelemetryItem } from '@cepa/core'
import { afterEach, beforeEach, expect, test } from 'vitest'

interface Message {
  readonly what: 'ready' | 'answered' | 'delivered'
  readonly label?: string
}

let server: Server
let child: ChildProcess
let received: { readonly id: string; readonly label: string | undefined }[]
/** Held up while set. */
let gate: Promise<void> | undefined
let onRequest: () => void

beforeEach(async () => {
  received = []
  gate = undefined
  onRequest = () => undefined
  server = createServer(async (request, response) => {
    const items = JSON.parse(await text(request)) as TelemetryItem[]
    onRequest()
    for (const item of items)
      if (item.type === 'call') received.push({ id: item.record.id, label: item.record.attributes.label })
    await gate
    response.end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const fixture = fileURLToPath(new URL('fixtures/serverless.ts', import.meta.url))
  child = fork(fixture, [`http://127.0.0.1:${port}`], { execArgv: ['--conditions=@cepa/source'] })
  await told('ready')
})

afterEach(() => {
  child.kill('SIGKILL')
  server.closeAllConnections()
  server.close()
})

async function told(what: Message['what'], label?: string): Promise<void> {
  for await (const [message] of on(child, 'message') as AsyncIterable<[Message]>)
    if (message.what === what && message.label === label) return
}

const labels = () => [...new Map(received.map(({ id, label }) => [id, label])).values()]

test('what waitUntil was told of has arrived when its promise settles: the process may be frozen then', async () => {
  for (const label of ['one', 'two']) {
    child.send(label)
    await told('delivered', label)
    child.kill('SIGSTOP')
    expect(labels()).toContain(label)
    await wait(50)
    child.kill('SIGCONT')
  }
  expect(labels()).toEqual(['one', 'two'])
})

test('frozen in the middle of a delivery, longer than that may take, nothing is lost', async () => {
  let open: () => void = () => undefined
  gate = new Promise((resolve) => {
    open = resolve
  })
  const begun = new Promise<void>((resolve) => {
    onRequest = resolve
  })
  child.send('one')
  await begun
  child.kill('SIGSTOP')
  await wait(600)
  gate = undefined
  open()
  child.kill('SIGCONT')
  child.send('two')
  await told('delivered', 'two')
  expect(labels()).toEqual(expect.arrayContaining(['one', 'two']))
})
