import { openai } from '@cepa/adapter-openai'
import type { CallUsage, Ending } from '@cepa/core'
import type { Script } from '@cepa/testing'
import { fakeServer } from '@cepa/testing/node'
import {
  type AbortSignal,
  middleware,
  pipeline,
  type Reply,
  requestId,
  retry,
  timeout,
  timing,
  tokenCount,
  usageFact,
} from '../src/index.ts'

const request = { model: 'm', messages: [{ role: 'user', content: 'How many rings has an onion?' }] } as const

/** A pipeline to a provider over real HTTP, with the layers of the default stack that wait, whose endings are kept. */
export async function watchedPipeline(script: Script) {
  const provider = await fakeServer(script)
  const ended = Promise.withResolvers<{ readonly ending: Ending; readonly usage: CallUsage | undefined }>()
  const seen = { events: 0 }
  const keep = middleware({
    name: 'keep',
    reads: [usageFact],
    event() {
      seen.events += 1
    },
    end: (call, ending) => ended.resolve({ ending, usage: call.facts.usage }),
  })
  const adapter = openai({ apiKey: 'sk-test', baseUrl: provider.url })
  const chat = pipeline(adapter, keep, requestId(), timing(), tokenCount(), retry(), timeout())
  return {
    provider,
    seen,
    ended: ended.promise,
    ask: (signal?: AbortSignal): Promise<Reply> => chat(request, signal && { signal }),
    async [Symbol.asyncDispose]() {
      await chat.close({ deadlineMs: 0 })
      await provider.close()
    },
  }
}
