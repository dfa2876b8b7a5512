import { recorder } from '@cepa/testing'
import { describe, expect, it } from 'vitest'
import { rejection, request, saying } from '../test/onion.ts'
import { fact, integer, middleware, OptionError, pipeline, route } from './index.ts'

describe('C2: options of single layers', () => {
  const told: unknown[] = []
  const tuned = (name = 'tuned') =>
    middleware({
      name,
      perCall: { depth: integer({ min: 1 }) },
      start: (call) => void told.push([name, call.options]),
    })
  const plain = middleware({ name: 'plain', start: () => void told.push(['plain']) })
  /** As JavaScript does it, without the compiler's check. */
  const ask = (chat: { complete(request: never, options: never): Promise<unknown> }, layers: unknown, model = 'm') =>
    chat.complete({ ...request, model } as never, { layers } as never)

  it('C2: reach their layer and no other, and false leaves a layer out', async () => {
    told.length = 0
    const chat = pipeline(saying(), plain, tuned(), tuned('other'))
    await chat.complete(request, { layers: { tuned: { depth: 3 }, plain: false } })
    await chat.complete(request, { layers: {} })
    await ask(chat, { tuned: undefined })
    expect(told).toEqual([
      ['tuned', { depth: 3 }],
      ['other', undefined],
      ['plain'],
      ['tuned', undefined],
      ['other', undefined],
      ['plain'],
      ['tuned', undefined],
      ['other', undefined],
    ])
  })

  it.each<[unknown, string]>([
    [
      { cache: false },
      'call: option layers.cache is given; the stack has no such layer (it has: plain, tuned, giver, reader)',
    ],
    [
      { plain: true },
      'call: option layers.plain is a boolean; plain takes no options per call but `false`, which leaves it out',
    ],
    [{ tuned: { depth: 0 } }, 'layers.tuned: option depth is 0; it must be an integer of at least 1'],
    [{ tuned: { deep: 1 } }, 'layers.tuned: option deep is given; there is no such option (known: depth)'],
    [{ tuned: 7 }, 'layers.tuned: option (all) is a number; options are an object'],
    [{ giver: false }, 'call: option layers.giver is false; it cannot be left out: reader needs its fact id'],
    [7, 'call: option layers is 7; it must be an object, with the names of layers'],
    [[], 'call: option layers is a list; it must be an object, with the names of layers'],
    [
      { constructor: false },
      'call: option layers.constructor is given; the stack has no such layer (it has: plain, tuned, giver, reader)',
    ],
  ])('C2: %j is an OptionError, before anything of the call exists', async (layers, message) => {
    const idFact = fact<string, 'id', 'in'>('id', 'in')
    const seen = recorder()
    const giver = middleware({ name: 'giver', gives: [idFact], provide: (call) => call.give(idFact, '1') })
    const reader = middleware({ name: 'reader', reads: [idFact] })
    const adapter = saying()
    const error = await rejection(ask(pipeline(adapter, plain, tuned(), giver, reader), layers))
    expect(error).toBeInstanceOf(OptionError)
    expect(error.message).toBe(message)
    expect(adapter.calls).toHaveLength(0)
    expect(seen.log).toEqual([])
  })

  it('C2: a layer that others need may be left out together with them', async () => {
    const idFact = fact<string, 'id', 'in'>('id', 'in')
    const giver = middleware({ name: 'giver', gives: [idFact], provide: (call) => call.give(idFact, '1') })
    const reader = middleware({ name: 'reader', reads: [idFact], start: () => expect.unreachable() })
    await ask(pipeline(saying(), giver, reader), { giver: false, reader: false })
  })

  it('C2: reach the layers of nested pipelines; those of the outer stack mean nothing there', async () => {
    told.length = 0
    const nested = pipeline({ adapter: saying(), layers: [tuned(), plain], name: 'nested' })
    const chat = pipeline(nested, tuned('outer'))
    await chat.complete(request, { layers: { outer: { depth: 2 }, tuned: { depth: 5 }, plain: false } })
    expect(told).toEqual([
      ['outer', { depth: 2 }],
      ['tuned', { depth: 5 }],
    ])
    told.length = 0
    expect((await rejection(ask(chat, { tuned: { depth: 0 } }))).message).toContain('option depth is 0')
    expect(told).toEqual([])
    expect((await rejection(ask(chat, { nothing: false }))).message).toContain('(it has: outer, tuned, plain)')
  })

  it('C2: below a route they are the union, and each target takes its own', async () => {
    told.length = 0
    const a = pipeline(saying(), tuned('onlyA'), plain)
    const b = pipeline(saying(), tuned('onlyB'))
    const chat = pipeline(route({ a, b }), tuned('outer'))
    const layers = { onlyA: { depth: 1 }, onlyB: { depth: 2 }, plain: false } as const
    await chat.complete({ ...request, model: 'a/m' }, { layers })
    await chat.complete({ ...request, model: 'b/m' }, { layers })
    expect(told).toEqual([
      ['outer', undefined],
      ['onlyA', { depth: 1 }],
      ['outer', undefined],
      ['onlyB', { depth: 2 }],
    ])
  })
})
