import {
  type Adapter,
  type AnyMiddleware,
  type ChatRequest,
  middleware,
  type Pipeline,
  pipeline,
  route,
  stack,
} from '@cepa/core'
import { fakeProvider } from '@cepa/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { request, spiedStore } from '../test/stores.ts'
import { cache } from './cache.ts'
import type { CacheOptions } from './cache-options.ts'
import { hmacSha256, sha256 } from './sha256.ts'

type Options = Parameters<Pipeline['complete']>[1]

/** The key of a call in a stack. */
async function keyIn(
  stackOf: (layer: ReturnType<typeof cache>, adapter: Adapter) => Pipeline,
  { asked = request, options = {} }: { asked?: ChatRequest; options?: Options } = {},
): Promise<string> {
  const store = spiedStore()
  const chat = stackOf(cache({ scope: 'shared', store }), fakeProvider())
  await chat.complete(asked, options)
  return store.kept.at(-1)?.key ?? expect.fail('nothing was stored')
}

/** The key under a cache with options. */
async function keyWith(options: Partial<CacheOptions>, asked: ChatRequest = request): Promise<string> {
  const store = spiedStore()
  await pipeline(fakeProvider(), cache({ scope: 'shared', store, ...options })).complete(asked)
  return store.kept[0]?.key ?? ''
}

/** Layers whose order only the assembly checks. */
const unchecked = (adapter: Adapter, ...layers: readonly AnyMiddleware[]): Pipeline =>
  pipeline({ adapter, layers: layers as never }) as Pipeline
const alone = (layer: ReturnType<typeof cache>, adapter: Adapter): Pipeline => pipeline(adapter, layer) as Pipeline
const shaping = (name: string, spec: { identity?: string; handles?: boolean; rewrites?: boolean } = {}) => {
  const { identity, handles = true, rewrites = false } = spec
  return middleware({
    name,
    ...(identity !== undefined && { identity }),
    ...(rewrites && {
      traits: { rewrites },
      perCall: { rule: { expects: 'anything', kind: 'data', accepts: () => true } },
    }),
    ...(handles && { handle: (call, next) => next(call) }),
  } as Parameters<typeof middleware>[0])
}

describe('the key holds the whole request', () => {
  const full: Required<ChatRequest> = {
    model: 'm',
    messages: [{ role: 'user', content: 'Hi' }],
    tools: [{ name: 't', parameters: { type: 'object' } }],
    toolChoice: 'auto',
    parallelToolCalls: true,
    responseFormat: { type: 'text' },
    maxOutputTokens: 1,
    temperature: 0.5,
    topP: 0.5,
    topK: 5,
    presencePenalty: 0.1,
    frequencyPenalty: 0.1,
    seed: 1,
    stop: ['x'],
    candidates: 1,
    logProbabilities: 2,
    reasoning: { effort: 'low' },
    providerOptions: { a: 1 },
  }

  const other: Required<ChatRequest> = {
    model: 'n',
    messages: [{ role: 'user', content: 'Ho' }],
    tools: [{ name: 't', parameters: { type: 'string' } }],
    toolChoice: 'none',
    parallelToolCalls: false,
    responseFormat: { type: 'json' },
    maxOutputTokens: 2,
    temperature: 0,
    topP: 0,
    topK: 6,
    presencePenalty: 0,
    frequencyPenalty: 0,
    seed: 2,
    stop: ['x', 'y'],
    candidates: 2,
    logProbabilities: 0,
    reasoning: { effort: 'low', maxTokens: 1 },
    providerOptions: { a: 2 },
  }

  test.each(Object.keys(full) as (keyof ChatRequest)[])('%s: another, or none, is another key', async (field) => {
    const keys = [await keyWith({}, full), await keyWith({}, { ...full, [field]: other[field] })]
    const { [field]: _left, ...without } = full
    if (field !== 'model' && field !== 'messages') keys.push(await keyWith({}, without as ChatRequest))
    expect(new Set(keys).size).toBe(keys.length)
  })

  test('two requests share a key exactly if they are the same as JSON', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 3 }), fc.jsonValue({ maxDepth: 3 }), async (one, other) => {
        const [a, b] = await Promise.all(
          [one, other].map((value) => keyWith({}, { ...request, providerOptions: { value } })),
        )
        const [x, y] = [one, other].map((value) => JSON.stringify({ value }))
        if (x === y) expect(a).toBe(b)
        else if (a === b) expect(JSON.parse(x as string)).toEqual(JSON.parse(y as string))
      }),
      { numRuns: 100 },
    )
  })

  test('the order of fields, and what is undefined, make no difference', async () => {
    const { model, messages } = request
    expect(await keyWith({}, { messages, seed: undefined, model } as object as ChatRequest)).toBe(
      await keyWith({}, { model, messages }),
    )
  })

  test('a schema object counts as the JSON Schema that it says', async () => {
    const schema = { type: 'object', properties: {} }
    const standard = { '~standard': { version: 1, vendor: 'v', jsonSchema: { input: () => schema } } } as const
    const asking = (given: typeof schema | typeof standard): ChatRequest => ({
      ...request,
      responseFormat: { type: 'json', schema: given },
    })
    expect(await keyWith({}, asking(standard))).toBe(await keyWith({}, asking(schema)))
  })
})

describe('the key is made the same way until its version changes', () => {
  test('what was stored stays found: a change of these needs another SCHEMA', async () => {
    const asked = '{"messages":[{"content":"two words","role":"user"}],"model":"m"}'
    expect(await keyWith({})).toBe(sha256(`["cepa-cache-1","fake",["shared"],"chat"]${asked}`))
    const promptSecret = 'a secret of enough length'
    expect(await keyWith({ scope: () => 'acme', promptSecret })).toBe(
      hmacSha256(promptSecret, `["cepa-cache-1","fake",["of","acme"],"chat"]${asked}`),
    )
  })

  test('an embedding and a chat that are asked with the same fields have two keys', async () => {
    const store = spiedStore()
    const chat = pipeline(fakeProvider(), cache({ scope: 'shared', store }))
    const both = { model: 'm', messages: [], input: ['a'] }
    await chat.complete(both)
    await chat.embed(both)
    expect(new Set(store.kept.map(({ key }) => key)).size).toBe(2)
  })
})

describe('the key does not hold', () => {
  test('mode, signal, headers, ids and attributes', async () => {
    const key = await keyIn(alone)
    const { signal } = new AbortController()
    const options: Options = {
      signal,
      deadlineMs: 5000,
      requestId: 'r',
      parent: {},
      attributes: { a: 'b' },
      headers: { h: '1' },
    }
    expect(await keyIn(alone, { options })).toBe(key)
    const store = spiedStore()
    const reply = await pipeline(fakeProvider(), cache({ scope: 'shared', store }))(request)
    await reply.result()
    expect(store.kept[0]?.key).toBe(key)
  })

  test('what stands outside, and what only watches inside', async () => {
    const key = await keyIn(alone)
    const watching = shaping('watching', { handles: false })
    expect(await keyIn((layer, adapter) => unchecked(adapter, shaping('outside'), layer))).toBe(key)
    expect(await keyIn((layer, adapter) => unchecked(adapter, layer, watching))).toBe(key)
    const far = cache({ scope: 'shared', name: 'far' })
    expect(await keyIn((layer, adapter) => unchecked(adapter, layer, far))).toBe(key)
  })
})

describe('the key holds what is inside', () => {
  test('layers that control, by name or by what they say they change', async () => {
    const inside = (...layers: ReturnType<typeof shaping>[]) =>
      keyIn((layer, adapter) => unchecked(adapter, layer, ...layers))
    const keys = await Promise.all([
      keyIn(alone),
      inside(shaping('one')),
      inside(shaping('other')),
      inside(shaping('one'), shaping('other')),
      inside(shaping('one', { identity: 'one v2' })),
      inside(shaping('watcher', { identity: 'says', handles: false })),
    ])
    expect(new Set(keys).size).toBe(keys.length)
    expect(await inside(shaping('neutral', { identity: '' }))).toBe(keys[0])
  })

  test('the adapter for this request', async () => {
    const adapterOf = (identity: string): Adapter => fakeProvider('a', { identity })
    const keys = await Promise.all(
      ['openai https://a', 'openai https://b'].map((identity) =>
        keyIn((layer) => pipeline(adapterOf(identity), layer) as Pipeline),
      ),
    )
    expect(keys[0]).not.toBe(keys[1])
  })

  test('the target of a route, and the layers of a nested pipeline', async () => {
    const targets = (...layers: ReturnType<typeof shaping>[]) =>
      route({ a: pipeline({ adapter: fakeProvider(), layers: layers as never }), b: fakeProvider() })
    const ask = (target: Adapter, model: string, options: Options = {}) =>
      keyIn((layer) => pipeline(target, layer) as Pipeline, { asked: { ...request, model }, options })
    const guarded = targets(shaping('guard'))
    const keys = [await ask(targets(), 'a/m'), await ask(targets(), 'b/m'), await ask(guarded, 'a/m')]
    expect(new Set(keys).size).toBe(3)
    expect(await ask(guarded, 'b/m')).toBe(keys[1])
    const unguarded = await ask(guarded, 'a/m', { layers: { guard: false } } as Options)
    expect(unguarded).not.toBe(keys[2])
  })

  test('which layers a call leaves out, and what it tells those that rewrite', async () => {
    const guarded = (layer: ReturnType<typeof cache>, adapter: Adapter) =>
      unchecked(adapter, layer, shaping('guard', { rewrites: true }))
    const told = (guard: unknown) => keyIn(guarded, { options: { layers: { guard } } as Options })
    const keys = [await keyIn(guarded), await told(false), await told({ rule: 'lax' }), await told({ rule: 'strict' })]
    expect(new Set(keys).size).toBe(4)
    expect(keys[1]).toBe(await keyIn(alone))
  })

  test('of the stack that the call is in, also where stacks share one cache', async () => {
    const store = spiedStore()
    const shared = stack(cache({ scope: 'shared', store }))
    const [a, b] = [fakeProvider('of a', { name: 'a' }), fakeProvider('of b', { name: 'b' })]
    const [first, second] = [pipeline(a, ...shared), pipeline(b, ...shared)]
    expect((await first.complete(request)).text).toBe('of a')
    expect((await second.complete(request)).text).toBe('of b')
    expect((await first.complete(request)).text).toBe('of a')
    expect([a.ledger.length, b.ledger.length]).toEqual([1, 1])
  })
})

describe('a secret', () => {
  test('makes another key, of the same form, by another secret another one', async () => {
    const keys = [
      await keyWith({}),
      await keyWith({ promptSecret: 'one secret of 16 characters' }),
      await keyWith({ promptSecret: 'other secret of 16 characters' }),
    ]
    expect(new Set(keys).size).toBe(3)
    for (const key of keys) expect(key).toMatch(/^[0-9a-f]{64}$/)
    expect(await keyWith({ promptSecret: 'one secret of 16 characters' })).toBe(keys[1])
  })

  test('nothing of the prompt, the scope or the secret is in what is stored', async () => {
    const store = spiedStore()
    const chat = pipeline(
      fakeProvider('An answer'),
      cache({ scope: () => 'tenant-canary', store, promptSecret: 'secret-canary-0123456789' }),
    )
    await chat.complete({
      ...request,
      messages: [
        { role: 'system', content: 'system-canary' },
        { role: 'user', content: [{ type: 'image', image: { bytes: new TextEncoder().encode('image-canary') } }] },
      ],
      providerOptions: { user: 'options-canary' },
    })
    const [kept] = store.kept
    const text = `${kept?.key} ${new TextDecoder().decode(kept?.entry.value)} ${JSON.stringify(kept?.entry.metadata)}`
    expect(text).toContain('answer')
    expect(text).not.toContain('canary')
  })
})
