import { costFact, middleware, pipeline } from '@cepa/core'
import { fakeProvider } from '@cepa/testing'
import { cache, getCacheMetrics } from './index.ts'

const request = { model: 'm', messages: [] }
const chat = pipeline(fakeProvider(), cache({ scope: 'shared' }), cache({ scope: (call) => call.id, name: 'far' }))

await chat(request, { layers: { cache: { mode: 'refresh', ttlMs: 5, scope: 'a' }, far: { mode: 'bypass' } } })
await chat(request, { layers: { cache: false, far: false } })
// @ts-expect-error no such mode
await chat(request, { layers: { cache: { mode: 'reload' } } })
// @ts-expect-error the store is no matter of a call
await chat(request, { layers: { cache: { maxBytes: 5 } } })
// @ts-expect-error the stack has no such layer
await chat(request, { layers: { near: { mode: 'bypass' } } })

// @ts-expect-error the scope must be stated
cache({ mode: 'bypass' })
// @ts-expect-error a word is no scope, but for 'shared'
cache({ scope: 'tenant' })
// @ts-expect-error a scope is a string
cache({ scope: () => 5 })

const priced = middleware({ name: 'priced', gives: [costFact] })
pipeline(fakeProvider(), cache({ scope: 'shared' }), priced)
// @ts-expect-error without a cache there is nothing to tell
await pipeline(fakeProvider(), priced)(request, { layers: { cache: { mode: 'bypass' } } })
// @ts-expect-error what says the cost stands inside, so that it is stored with the answer
pipeline(fakeProvider(), priced, cache({ scope: 'shared' }))

const { hits, hitRatio, saved }: { hits: number; hitRatio?: number; saved: { usd?: number } } = getCacheMetrics(chat)
void [hits, hitRatio, saved]
