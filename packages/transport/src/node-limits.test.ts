import { expect, it, vi } from 'vitest'
import { createDefaultFetch } from './default-fetch.node.ts'
import { createNodeFetch } from './node-fetch.ts'

const made = vi.hoisted((): object[] => [])

vi.mock('undici', async (importOriginal) => {
  const original = await importOriginal<typeof import('undici')>()
  class Agent extends original.Agent {
    constructor(options: ConstructorParameters<typeof original.Agent>[0]) {
      super(options)
      made.push(options ?? {})
    }
  }
  return { ...original, Agent }
})

it('options that cannot be right are told at once', () => {
  expect(() => createNodeFetch({ headersTimeoutMs: -1 })).toThrow(
    'nodeFetch: option headersTimeoutMs is -1; it must be an integer of at least 0',
  )
  expect(() => createNodeFetch({ dispatcher: {} as never })).toThrow(/option dispatcher is an object/)
})

const refused = { method: 'POST', headers: {}, body: new Uint8Array(), redirect: 'manual' } as const

it('the default fetch has no limit but for connecting; each can be set', async () => {
  const { signal } = new AbortController()
  const fetches = [
    createDefaultFetch(),
    createNodeFetch({ connectTimeoutMs: 1_000, headersTimeoutMs: 2, bodyTimeoutMs: 3 }),
  ]
  for (const each of fetches) {
    await expect(each('http://127.0.0.1:9/', { ...refused, signal })).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    await each.close()
  }
  expect(made).toEqual([
    { connect: { timeout: 10_000 }, headersTimeout: 0, bodyTimeout: 0 },
    { connect: { timeout: 1_000 }, headersTimeout: 2, bodyTimeout: 3 },
  ])
})
