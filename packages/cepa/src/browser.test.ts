import { once } from 'node:events'
import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { openai } from '@cepa/adapter-openai'
import type { Ending, Usage } from '@cepa/core'
import { fakeServer } from '@cepa/testing/node'
import { afterEach, describe, expect, test } from 'vitest'
import { middleware, pipeline, pipeTo, type Reply, tokenCount, toResponse, usageFact } from './index.ts'

const words = Array.from({ length: 40 }, (_, index) => ({ text: `word${index} ` }))
const open: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const close of open.splice(0)) await close()
})

/** A provider that sends a word every few milliseconds, behind a pipeline whose endings are kept. */
async function slowPipeline() {
  const server = await fakeServer({ steps: words, everyMs: 10, inputTokens: 7 })
  const endings: Ending[] = []
  const used: (Usage | undefined)[] = []
  const ended = Promise.withResolvers<void>()
  const keep = middleware({
    name: 'keep',
    reads: [usageFact],
    end(call, ending) {
      endings.push(ending)
      used.push(call.facts.usage?.answer)
      ended.resolve()
    },
  })
  const chat = pipeline(openai({ apiKey: 'sk-test', baseUrl: server.url }), keep, tokenCount())
  open.push(
    () => chat.close(),
    () => server.close(),
  )
  return {
    server,
    endings,
    used,
    ended: ended.promise,
    ask: () => chat({ model: 'm', messages: [{ role: 'user', content: 'Hi' }] }),
  }
}

/** A web server of ours that answers each request by `answer`. */
async function serve(
  answer: (reply: Reply, response: Parameters<typeof pipeTo>[1]) => Promise<void>,
  ask: () => Promise<Reply>,
) {
  const server: Server = createServer((_request, response) => void ask().then((reply) => answer(reply, response)))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  open.push(async () => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

async function browse(port: number): Promise<IncomingMessage> {
  const sent = httpRequest({ port, host: '127.0.0.1' }).end()
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  response.setEncoding('utf8')
  return response
}

const viaWebResponse = async (reply: Reply, response: Parameters<typeof pipeTo>[1]): Promise<void> => {
  const web = toResponse(reply)
  response.writeHead(web.status, Object.fromEntries(web.headers))
  const reader = (web.body as ReadableStream<Uint8Array>).getReader()
  response.once('close', () => void reader.cancel('the browser left'))
  for (let step = await reader.read(); !step.done; step = await reader.read())
    response.write(Buffer.from(step.value) as never)
  response.end()
}

describe.each([
  ['pipeTo', pipeTo],
  ['toResponse', viaWebResponse],
] as const)('%s', (_name, answer) => {
  test('streams the answer as server-sent events', async () => {
    const { ask, endings } = await slowPipeline()
    const response = await browse(await serve(answer, ask))
    let body = ''
    for await (const chunk of response) body += chunk
    expect(response.headers['content-type']).toBe('text/event-stream; charset=utf-8')
    const messages = body.trim().split('\n\n')
    expect(messages[0]).toMatch(/^event: start\ndata: \{/)
    expect(messages.filter((message) => message.startsWith('event: text\n'))).toHaveLength(words.length)
    expect(messages.at(-1)).toMatch(/^event: end\ndata: .*"finish":"stop"/)
    expect(body).not.toContain('"at"')
    expect(endings.map(({ kind }) => kind)).toEqual(['done'])
  })

  test('cancels the provider when the browser leaves, and keeps what there was', async () => {
    const { ask, endings, ended, server, used } = await slowPipeline()
    const response = await browse(await serve(answer, ask))
    for (let body = ''; !body.includes('event: text'); ) body += (await once(response, 'data'))[0]
    response.destroy()
    await ended
    await server.quiet()
    expect(endings.map(({ kind }) => kind)).toEqual(['abandoned'])
    expect(endings[0]?.completion.text).toMatch(/^word0 /)
    expect(used[0]?.outputTokens).toBeGreaterThan(0)
    expect(server.last?.outcome).toBe('closed')
    await expect.poll(() => server.openSockets).toBe(0)
  })

  test('tells the browser that the answer failed, and not why', async () => {
    const { ask } = await slowPipeline()
    const failing = async () =>
      (await ask()).transform((event) => {
        if (event.type === 'text' && event.text.startsWith('word3')) throw new Error('secret detail')
        return event
      })
    const response = await browse(await serve(answer, failing))
    let body = ''
    for await (const chunk of response) body += chunk
    expect(body).toContain('event: error\ndata: {"code":"CEPA_UNKNOWN"}')
    expect(body).not.toContain('secret')
  })
})

test('pipeTo waits for a slow browser: nothing is read ahead of it', async () => {
  const { ask, server } = await slowPipeline()
  const reply = await ask()
  let writes = 0
  const listeners = new Map<string, () => void>()
  const response = {
    headersSent: false,
    destroyed: false,
    writeHead: () => undefined,
    write: () => {
      writes += 1
      return false
    },
    end: () => undefined,
    once: (event: string, listener: () => void) => listeners.set(event, listener),
    off: (event: string) => listeners.delete(event),
  }
  const piped = pipeTo(reply, response)
  await expect.poll(() => writes).toBe(1)
  await server.quiet().catch(() => undefined)
  expect(writes).toBe(1)
  response.destroyed = true
  listeners.get('close')?.()
  await piped
})
