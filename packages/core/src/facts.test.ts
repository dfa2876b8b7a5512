import { recorder } from '@cepa/testing'
import { describe, expect, it } from 'vitest'
import {
  answering,
  end,
  handling,
  peeking,
  repeating,
  request,
  said,
  saying,
  shouting,
  wrapping,
} from '../test/onion.ts'
import { type Call, type Ending, fact, type Handler, middleware, pipeline, Reply, route } from './index.ts'

const scoreFact = fact<string, 'score', 'out'>('score', 'out')
const tenantFact = fact<string, 'tenant', 'in'>('tenant', 'in')

/** Reads the score at its end. */
const reader = (name: string, into: unknown[]) =>
  middleware({ name, reads: [scoreFact], end: (call) => void into.push(call.facts.score) })

/** Gives a score at its end, another for each pass. */
const scorer = (name = 'scorer') => {
  let passes = 0
  return middleware({
    name,
    gives: [scoreFact],
    start: () => ++passes,
    end: (call, { kind }, pass) => call.give(scoreFact, `${name} ${pass} ${kind}`),
  })
}

const failingOnce = () => answering((_call, nth) => (nth === 0 ? Promise.reject(new Error('first')) : said('Hi')))

describe('P6: frames', () => {
  it('P6: the out-facts of the answer pass outward, after the ends inside and before those outside', async () => {
    const log: unknown[] = []
    const seen = recorder()
    const chat = pipeline(
      failingOnce(),
      seen.layer('outer', { reads: [scoreFact] }),
      repeating('retry', 2),
      reader('between', log),
      scorer(),
    )
    await chat.complete(request)
    expect(log).toEqual(['scorer 1 failed', 'scorer 2 done'])
    expect(seen.passesOf('outer')[0]?.facts).toEqual({ score: 'scorer 2 done' })
  })

  it('P6: the out-facts of attempts that lost never pass outward', async () => {
    const outer: unknown[] = []
    const chat = pipeline(
      answering(() => Promise.reject(new Error('always'))),
      reader('outer', outer),
      repeating('retry', 2),
      scorer(),
    )
    await expect(chat.complete(request)).rejects.toThrow('always')
    expect(outer).toEqual([undefined])
  })

  it('P6: of two attempts at once only the facts of the one that answers pass outward', async () => {
    const outer: unknown[] = []
    const hedge = handling(
      'hedge',
      async (call, next) => {
        const [first, second] = await Promise.all([next(call), next(call)])
        await (first as Reply).cancel('lost')
        return second as Reply
      },
      { repeats: true },
    )
    await pipeline(saying('Hi'), reader('outer', outer), hedge, scorer()).complete(request)
    expect(outer).toEqual(['scorer 2 done'])
  })

  it('P6: every next of a repeating layer copies the in-facts, and what is given inside stays inside', async () => {
    const tenants: unknown[] = []
    let passes = 0
    const giver = middleware({ name: 'giver', gives: [tenantFact], provide: (call) => call.give(tenantFact, 'acme') })
    const inner = middleware({
      name: 'inner',
      reads: [tenantFact],
      gives: [tenantFact],
      provide(call) {
        tenants.push(call.facts.tenant)
        call.give(tenantFact, `inner ${++passes}`)
      },
      end: (call) => void tenants.push(call.facts.tenant),
    })
    const outer = middleware({
      name: 'outer',
      reads: [tenantFact],
      end: (call) => void tenants.push(call.facts.tenant),
    })
    await pipeline(failingOnce(), giver, outer, repeating('retry', 2), inner).complete(request)
    expect(tenants).toEqual(['acme', 'inner 1', 'acme', 'inner 2', 'acme'])
  })

  it.each([
    ['a transform', shouting('change')],
    ['a peek', peeking('change')],
    ['a wrapper with of', wrapping('change')],
  ])('P6: %s keeps the frame', async (_what, layer) => {
    for (const inside of [scorer(), repeating('retry', 1)]) {
      const outer: unknown[] = []
      const chat = pipeline({ adapter: saying('Hi'), layers: [reader('outer', outer), layer, inside, scorer('last')] })
      await chat.complete(request)
      expect(outer).toEqual([inside.name === 'scorer' ? 'scorer 1 done' : 'last 1 done'])
    }
  })

  it('P6: facts of replies that a layer has dropped for another do not pass outward', async () => {
    const outer: unknown[] = []
    const replay = handling(
      'replay',
      async (call, next) => {
        const { text } = await (await next(call)).result()
        return Reply.from(said(text))
      },
      { repeats: true },
    )
    await pipeline(saying('Hi'), reader('outer', outer), replay, scorer()).complete(request)
    expect(outer).toEqual([undefined])
  })

  it('P6: a try begins without out-facts, also those of the layer that tries', async () => {
    const read: unknown[] = []
    const trying = middleware({
      name: 'trying',
      gives: [scoreFact],
      traits: { repeats: true },
      handle(call, next) {
        call.give(scoreFact, 'mine')
        return next(call)
      },
    })
    const inner = middleware({
      name: 'inner',
      reads: [scoreFact],
      start: (call) => void read.push(call.facts.score),
      end: (call) => void read.push(call.facts.score),
    })
    await pipeline({ adapter: saying('Hi'), layers: [trying, inner, scorer()] }).complete(request)
    expect(read).toEqual([undefined, 'scorer 1 done'])
  })

  it('P6: of several givers the outermost has the last word, across frames too', async () => {
    const outer: unknown[] = []
    const giving = (name: string, repeats: boolean) =>
      middleware({
        name,
        gives: [scoreFact],
        traits: { repeats },
        handle(call: Call<never>, next: Handler) {
          call.give(scoreFact, name)
          return next(call)
        },
      })
    await pipeline(saying('Hi'), reader('outer', outer), giving('near', true), giving('far', false)).complete(request)
    expect(outer).toEqual(['near'])
  })
})

describe('C5: facts of nested pipelines', () => {
  it('C5: in-facts reach what is nested, out-facts come back, in every nesting', async () => {
    const log: unknown[] = []
    const giver = middleware({ name: 'giver', gives: [tenantFact], provide: (call) => call.give(tenantFact, 'acme') })
    const inner = middleware({
      name: 'inner',
      reads: [tenantFact.optional],
      start: (call) => void log.push(call.facts.tenant),
    })
    const nested = pipeline(saying('Hi'), inner, scorer())
    const middle = pipeline(route({ a: nested, b: saying('other') }), middleware({ name: 'plain' }))
    const outer = pipeline({ adapter: middle, layers: [giver, reader('outer', log)] })
    await outer.complete({ ...request, model: 'a/m' })
    expect(log).toEqual(['acme', 'scorer 1 done'])
    await nested.complete(request)
    expect(log).toEqual(['acme', 'scorer 1 done', undefined])
  })

  it('C5: a nested pipeline that is called again by a repeating layer has a frame of its own each time', async () => {
    const log: unknown[] = []
    const nested = pipeline(failingOnce(), scorer())
    await pipeline({ adapter: nested, layers: [reader('outer', log), repeating('retry', 2)] }).complete(request)
    expect(log).toEqual(['scorer 2 done'])
  })

  it('C5: a layer that passes the call on to another pipeline by hand gets its facts, too', async () => {
    const log: unknown[] = []
    const spare = pipeline(saying('spare'), scorer())
    const seen: Ending[] = []
    const fallback = middleware({
      name: 'fallback',
      traits: { repeats: true },
      gives: [scoreFact],
      async handle(call, next) {
        try {
          return await next(call)
        } catch {
          return spare.handle(call as never)
        }
      },
      end: (_call, ending) => void seen.push(ending),
    })
    const chat = pipeline(
      answering(() => Promise.reject(new Error('down'))),
      reader('outer', log),
      fallback,
    )
    expect((await chat.complete(request)).text).toBe('spare')
    expect(log).toEqual(['scorer 1 done'])
    expect(seen.map(({ kind }) => kind)).toEqual(['done'])
  })
})

describe('C7: facts that name a header', () => {
  it('C7: are sent, whatever the case of their name; what a layer says overrides them, and these the caller', async () => {
    const idFact = fact<string, 'id', 'in'>('id', 'in', { header: 'X-Request-Id' })
    const giver = middleware({ name: 'giver', gives: [idFact], provide: (call) => call.give(idFact, 'abc') })
    const naming = handling('naming', (call, next) => next(call.with({ headers: { 'X-Layer': 'yes' } })))
    const adapter = answering(() => [end()])
    await pipeline(adapter, giver, naming).complete(request, {
      headers: { 'x-request-id': 'callers', 'X-Caller': 'me', 'x-layer': 'no' },
    })
    expect(adapter.calls[0]?.headers).toEqual({ 'x-request-id': 'abc', 'x-caller': 'me', 'x-layer': 'yes' })
    await pipeline(pipeline(adapter, middleware({ name: 'inner' })), giver).complete(request)
    expect(adapter.calls[1]?.headers).toEqual({ 'x-request-id': 'abc' })
  })

  it('C7: headers are no part of the request', async () => {
    const adapter = answering(() => [end()])
    await pipeline(adapter).complete(request, { headers: { 'x-a': 'b' } })
    expect(adapter.calls[0]?.request).toEqual(request)
  })
})
