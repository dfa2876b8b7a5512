import { openai } from '@cepa/adapter-openai'
import { ClosedError } from '@cepa/core'
import { fakeServer } from '@cepa/testing/node'
import { expect, test } from 'vitest'
import { middleware, pipeline, requestId, retry, route, timing, tokenCount } from './index.ts'

const request = { model: 'openai/m', messages: [{ role: 'user', content: 'Hi' }] } as const
const CALLS = 120

test('C9 close under load: short calls come to their end, long ones are aborted at the deadline, and nothing stays open', async () => {
  const words = Array.from({ length: 2000 }, (_, index) => ({ text: `w${index} ` }))
  const server = await fakeServer(({ index }) =>
    index % 2 === 0 ? { text: 'short and done', everyMs: 5 } : { steps: words, everyMs: 20 },
  )
  const endings: Record<string, number> = {}
  const count = middleware({
    name: 'count',
    end(_call, { kind }) {
      endings[kind] = (endings[kind] ?? 0) + 1
    },
  })
  const gpt = pipeline(openai({ apiKey: 'sk-test', baseUrl: server.url }), requestId(), timing(), tokenCount(), retry())
  const ask = pipeline(route({ openai: gpt }), count)
  const calls = Array.from({ length: CALLS }, () => ask(request).then((reply) => reply.result()))
  const settled = Promise.allSettled(calls)
  await expect.poll(() => server.open, { timeout: 10_000 }).toBeGreaterThan(0)
  await expect.poll(() => server.ledger.length, { timeout: 20_000 }).toBe(CALLS)

  await ask.close({ deadlineMs: 300 })
  await expect(ask.complete(request)).rejects.toThrow(ClosedError)
  const outcomes = await settled
  expect(outcomes.filter(({ status }) => status === 'fulfilled').length + (endings.aborted ?? 0)).toBe(CALLS)
  expect(endings).toEqual({ done: CALLS / 2, aborted: CALLS / 2 })
  await server.quiet()
  await expect.poll(() => server.openSockets).toBe(0)
  await server.close()
}, 60_000)
