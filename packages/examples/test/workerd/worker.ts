// Runs inside workerd: core and the pure middlewares, with nothing of Node.
import { type Adapter, pipeline, Reply, type StreamEvent } from '@cepa/core'
import { cache } from '@cepa/middleware-cache'
import { logging } from '@cepa/middleware-logging'
import { requestId } from '@cepa/middleware-request-id'
import { retry } from '@cepa/middleware-retry'
import { timeout } from '@cepa/middleware-timeout'
import { timing } from '@cepa/middleware-timing'
import { tokenCount } from '@cepa/middleware-token-count'

const lines: string[] = []
let attempts = 0

const provider: Adapter = {
  name: 'in-worker',
  operations: ['chat'],
  identity: () => 'in-worker',
  async handle(call) {
    attempts += 1
    const at = call.clock.now()
    const events: StreamEvent[] = [
      { type: 'start', id: 'answer', at },
      { type: 'text', text: 'Hello from workerd', at },
      { type: 'end', finish: 'stop', usage: { inputTokens: 3, outputTokens: 4, source: 'provider' }, at },
    ]
    return Reply.from(events)
  },
}

const chat = pipeline(
  provider,
  requestId(),
  logging({ logger: { log: (level, message) => lines.push(`${level} ${message}`) } }),
  timing(),
  cache({ scope: 'shared' }),
  tokenCount(),
  retry(),
  timeout({ totalMs: 5_000 }),
)
const request = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] } as const

async function run(): Promise<unknown> {
  let streamed = ''
  for await (const event of await chat(request)) if (event.type === 'text') streamed += event.text
  const again = await chat.complete(request)
  for await (const _event of await chat(request)) break
  return { streamed, again: again.text, source: again.usage?.source, attempts, lines, node: 'process' in globalThis }
}

const worker = { fetch: async (): Promise<Response> => Response.json(await run()) }

// the form that workerd asks for
export { worker as default }
