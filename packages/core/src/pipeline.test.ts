import { AsyncLocalStorage } from 'node:async_hooks'
import { fakeProvider, recorder, virtualClock } from '@cepa/testing'
import { describe, expect, it } from 'vitest'
import {
  answering,
  end,
  errorOf,
  HandFeed,
  handling,
  MODES,
  read,
  rejection,
  repeating,
  request,
  said,
  saying,
  shouting,
  soundness,
  wrapping,
} from '../test/onion.ts'
import {
  AbortedError,
  type Adapter,
  type Call,
  ClosedError,
  ContractError,
  type EmbedRequest,
  fact,
  integer,
  type MiddlewareSpec,
  middleware,
  OptionError,
  pipeline,
  type Reply,
  route,
} from './index.ts'

const embedding: EmbedRequest = { model: 'e', input: ['a', 'bc'] }

describe('C1: ids', () => {
  it('C1: every call has one of its own; nested pipelines inherit it', async () => {
    const ids: string[] = []
    const watch = (name: string) => middleware({ name, start: (call) => void ids.push(call.id) })
    const chat = pipeline(pipeline(saying(), watch('inner')), watch('outer'))
    await chat.complete(request)
    await chat.complete(request)
    expect(ids).toHaveLength(4)
    expect(ids[0]).toBe(ids[1])
    expect(ids[2]).toBe(ids[3])
    expect(ids[0]).not.toBe(ids[2])
    expect(ids[0]).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  })

  it('a call says what the caller said, and how it is asked', async () => {
    const seen: unknown[] = []
    const clock = virtualClock({ startMs: 77 })
    const watch = middleware({
      name: 'watch',
      start: ({ operation, mode, startedAt, attributes, caller, detached, request: asked }) =>
        void seen.push({ operation, mode, startedAt, attributes, caller, detached, asked }),
    })
    const chat = pipeline({ adapter: saying(), clock, layers: [watch] })
    const parent = { trace: 1 }
    await read(chat(request, { attributes: { tenant: 'acme' }, parent, requestId: 'r' }))
    await chat.embed(embedding)
    expect(seen).toEqual([
      {
        operation: 'chat',
        mode: 'stream',
        startedAt: 77,
        attributes: { tenant: 'acme' },
        caller: { attributes: { tenant: 'acme' }, parent, requestId: 'r' },
        detached: undefined,
        asked: request,
      },
      {
        operation: 'embed',
        mode: 'complete',
        startedAt: 77,
        attributes: {},
        caller: {},
        detached: undefined,
        asked: embedding,
      },
    ])
  })
})

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

describe('C3: operations', () => {
  it('C3: a pipeline offers those of its adapter', async () => {
    const chatOnly = pipeline({ ...saying('a'), operations: ['chat'] })
    expect(chatOnly.operations).toEqual(['chat'])
    const error = await rejection(chatOnly.embed(embedding))
    expect(error).toBeInstanceOf(OptionError)
    expect(error.message).toBe('call: option operation is embed; test offers only chat')
    const embedOnly = pipeline({ ...saying('a'), operations: ['embed'] })
    await expect(embedOnly(request)).rejects.toBeInstanceOf(OptionError)
  })

  it('C3: a route offers those that all its targets have', () => {
    const both = saying()
    const one: Adapter = { ...saying(), operations: ['chat'] }
    expect(route({ both, one }).operations).toEqual(['chat'])
    expect(pipeline(route({ both })).operations).toEqual(['chat', 'embed'])
  })

  it('C3: embeddings come in order, through the same layers', async () => {
    const seen = recorder()
    const { embeddings } = await pipeline(fakeProvider(), seen.layer('outer'), repeating('retry', 2)).embed(embedding)
    expect(embeddings).toEqual([
      [1, 0, 1],
      [2, 1, 1],
    ])
    expect(seen.endingsOf('outer')).toEqual(['done'])
  })
})

describe('C4: routes', () => {
  const a = saying('from a')
  const b = saying('from b')
  const chat = pipeline(route({ a, b }))

  it('C4: the part of the model before the first slash picks the target, and is taken off', async () => {
    expect((await chat.complete({ ...request, model: 'b/org/model' })).text).toBe('from b')
    expect(b.calls.at(-1)?.request.model).toBe('org/model')
    expect((await chat.complete({ ...request, model: 'a/' })).text).toBe('from a')
    expect(a.calls.at(-1)?.request.model).toBe('')
  })

  it.each(['c/model', 'model', '/model', 'constructor/x', 'toString/x'])(
    'C4: %s is an OptionError that lists the names',
    async (model) => {
      const error = await rejection(chat.complete({ ...request, model }))
      expect(error).toBeInstanceOf(OptionError)
      expect(error.message).toBe(
        `route: option request.model is "${model}"; it must begin with the name of a target and a slash: a/…, b/…`,
      )
    },
  )

  it('C4: what was asked stays with the layers outside', async () => {
    const models: string[] = []
    const watch = (name: string) =>
      middleware({
        name,
        start: (call) => void models.push(call.request.model),
        end: (call) => void models.push(call.request.model),
      })
    const inner = pipeline(saying(), watch('inner'))
    await pipeline(route({ a: inner }), watch('outer')).complete({ ...request, model: 'a/m' })
    expect(models).toEqual(['a/m', 'm', 'm', 'a/m'])
  })

  it('C4: routes nest', async () => {
    const nested = pipeline(route({ eu: route({ a, b }), us: b }))
    expect((await nested.complete({ ...request, model: 'eu/a/m' })).text).toBe('from a')
    expect(a.calls.at(-1)?.request.model).toBe('m')
  })

  it('C4: a route needs a target', () => {
    expect(() => route({})).toThrow('route: option targets is empty; name at least one pipeline or adapter')
  })
})

describe('C5: nested pipelines', () => {
  it('C5: are one call: passes nest, and clock and signal are those of the outer one', async () => {
    const clock = virtualClock({ startMs: 5 })
    const other = virtualClock({ startMs: 999 })
    const seen = recorder()
    const clocks: number[] = []
    const watch = middleware({ name: 'watch', start: (call) => void clocks.push(call.clock.now(), call.startedAt) })
    const innermost = pipeline({
      adapter: saying('a'),
      clock: other,
      layers: [seen.layer('three'), watch],
      unreadAfterMs: 1,
    })
    const middle = pipeline(innermost, seen.layer('two', { handle: true }))
    const outer = pipeline({ adapter: middle, clock, layers: [seen.layer('one'), wrapping('wrap')] })
    expect((await outer.complete(request)).text).toBe('a')
    expect(clocks).toEqual([5, 5])
    expect(soundness(seen.log)).toEqual([])
    expect(seen.log.filter((line) => line.includes('.end'))).toEqual(['three.end done', 'two.end done', 'one.end done'])
    await outer(request)
    expect(clock.pending).toHaveLength(1)
    expect(other.pending).toEqual([])
  })

  it.each(MODES)('C5: an abort ends all of them (%s)', async (mode) => {
    const seen = recorder()
    const inner = pipeline(fakeProvider([{ text: 'a' }, { stall: true }]), seen.layer('inner'))
    const chat = pipeline(inner, seen.layer('outer'), repeating('retry', 3))
    const controller = new AbortController()
    const pending = errorOf(chat, mode, { signal: controller.signal })
    await new Promise(setImmediate)
    controller.abort()
    expect(await pending).toBeInstanceOf(AbortedError)
    expect([seen.endingsOf('inner'), seen.endingsOf('outer')]).toEqual([['aborted'], ['aborted']])
  })

  it('C5: faults go to the report of the pipeline that was called', async () => {
    const reports: string[] = []
    const bad = middleware({
      name: 'bad',
      end() {
        throw new Error('bad')
      },
    })
    const inner = pipeline({ adapter: saying(), layers: [bad], report: () => reports.push('inner') })
    await pipeline({ adapter: inner, layers: [], report: () => reports.push('outer') }).complete(request)
    expect(reports).toEqual(['outer'])
  })

  it('C5: handle() is for calls; whoever wants to make one calls the pipeline', async () => {
    const chat = pipeline(saying('a'))
    const error = await rejection(chat.handle({ request } as never))
    expect(error).toBeInstanceOf(ContractError)
    expect(error.message).toBe('test: handle() was given no call; to make a call, call the pipeline itself (rule C5)')
    await expect(route({ chat }).handle({ request } as never)).rejects.toBeInstanceOf(ContractError)
  })

  it('C5: an adapter may pass its call on to another, changed', async () => {
    const inner = saying('a')
    const compatible: Adapter = {
      ...inner,
      name: 'compatible',
      handle: (call) => inner.handle(call.with({ request: { ...request, model: 'renamed' } }) as never),
    }
    const reporting = answering((call) => {
      call.attempt.report({ status: 200 })
      return said('b')
    })
    const around: Adapter = {
      ...reporting,
      handle: (call) => reporting.handle(call.with({ headers: { 'x-a': 'b' } }) as never),
    }
    expect((await pipeline(compatible).complete(request)).text).toBe('a')
    expect(inner.calls[0]?.request.model).toBe('renamed')
    expect((await pipeline(around).complete(request)).text).toBe('b')
    expect(reporting.calls[0]?.headers).toEqual({ 'x-a': 'b' })
  })
})

describe('C6: asynchronous context', () => {
  it('C6: provide, start, handle and adapter run in that of the caller, the other hooks in that of whoever pulls', async () => {
    const storage = new AsyncLocalStorage<string>()
    const seen: string[] = []
    const note = (what: string) => void seen.push(`${what} ${storage.getStore()}`)
    const watch = (name: string, handle = false) => {
      const spec: Record<string, unknown> = { name }
      for (const hook of ['provide', 'start', 'firstToken', 'event', 'end']) spec[hook] = () => note(`${name}.${hook}`)
      if (handle)
        spec.handle = async (call: Call, next: (call: Call) => Promise<Reply>) => {
          await undefined
          note(`${name}.handle`)
          return next(call)
        }
      return middleware(spec as unknown as MiddlewareSpec)
    }
    const adapter = answering(async () => {
      await undefined
      note('adapter')
      return (async function* () {
        await undefined
        yield* said('a')
      })()
    })
    const chat = pipeline(adapter, watch('outer', true), watch('inner'))
    const reply = await storage.run('caller', () => chat(request))
    await storage.run('reader', () => read(reply))
    expect(seen.map((line) => line.replace(/^(outer|inner)\./, ''))).toEqual([
      ...['provide', 'start'].map((hook) => `${hook} caller`),
      'handle caller',
      ...['provide', 'start'].map((hook) => `${hook} caller`),
      'adapter caller',
      ...['firstToken', 'firstToken', 'event', 'event', 'event', 'event', 'end', 'end'].map((hook) => `${hook} reader`),
    ])
  })
})

describe('C8: nothing is shared by the process', () => {
  it('C8: two pipelines of the same layers, and two calls of one pipeline, do not mix', async () => {
    const seen = recorder()
    const layer = shouting('loud')
    const one = pipeline(saying('one'), seen.layer('watch'), layer)
    const two = pipeline(saying('two'), seen.layer('watch'), layer)
    const texts = await Promise.all([one, two, one, two].map(async (chat) => (await chat.complete(request)).text))
    expect(texts).toEqual(['ONE', 'TWO', 'ONE', 'TWO'])
    expect(seen.passes.map(({ endings }) => endings.map(({ completion }) => completion.text))).toEqual([
      ['ONE'],
      ['TWO'],
      ['ONE'],
      ['TWO'],
    ])
  })
})

describe('C9: close', () => {
  it('C9: refuses new calls at once, waits for those that run, then releases layers and adapter, outermost first', async () => {
    const clock = virtualClock()
    const log: string[] = []
    const closing = (name: string) => middleware({ name, close: async () => void log.push(`close ${name}`) })
    const feed = new HandFeed()
    const adapter = answering(() => feed, { close: () => void log.push('close adapter') })
    const chat = pipeline({ adapter, clock, layers: [closing('outer'), closing('inner')], name: 'chat' })
    const reply = await chat(request)
    const closed = chat.close()
    expect(chat.close()).toBe(closed)
    const refused = await rejection(chat(request))
    expect(refused).toBeInstanceOf(ClosedError)
    expect(refused.message).toBe('pipeline chat is closed and takes no more calls')
    await expect(chat.complete(request)).rejects.toBeInstanceOf(ClosedError)
    await clock.settle()
    expect(log).toEqual([])
    feed.push(...said('a'))
    await reply.result()
    await closed
    expect(log).toEqual(['close outer', 'close inner', 'close adapter'])
    expect(clock.pending).toEqual([])
  })

  it('C9: aborts what is left at the deadline, each call by an error of its own', async () => {
    const clock = virtualClock()
    const seen = recorder()
    const chat = pipeline({
      adapter: fakeProvider([{ text: 'a' }, { stall: true }]),
      clock,
      layers: [seen.layer('outer')],
    })
    const calls = [errorOf(chat, 'stream'), errorOf(chat, 'complete')]
    const unread = await chat(request)
    await clock.runUntil(chat.close({ deadlineMs: 300 }))
    expect(clock.now()).toBe(300)
    const errors = (await Promise.all(calls)) as (ClosedError & { ending: { kind: string } })[]
    for (const error of errors) expect(error).toBeInstanceOf(ClosedError)
    expect(errors[0]).not.toBe(errors[1])
    expect(errors.map(({ ending }) => ending.kind)).toEqual(['aborted', 'aborted'])
    await expect(read(unread)).rejects.toBeInstanceOf(ClosedError)
    expect(seen.endingsOf('outer')).toEqual(['aborted', 'aborted', 'aborted'])
    expect(clock.pending).toEqual([])
  })

  it('C9: by default that is ten seconds', async () => {
    const clock = virtualClock()
    const chat = pipeline({ adapter: fakeProvider({ noHeaders: true }), clock })
    const pending = rejection(chat(request))
    await clock.runUntil(chat.close())
    expect(clock.now()).toBe(10_000)
    expect(await pending).toBeInstanceOf(ClosedError)
  })

  it('C9: a pipeline inside is closed with the one around it, and refuses calls that come through others', async () => {
    const log: string[] = []
    const inner = pipeline({ ...saying('a'), close: () => void log.push('adapter') })
    const outer = pipeline(inner, middleware({ name: 'outer' }))
    const other = pipeline(inner, middleware({ name: 'other' }))
    await outer.close()
    expect(log).toEqual(['adapter'])
    const error = await rejection(other.complete(request))
    expect(error).toBeInstanceOf(ClosedError)
    await other.close()
  })

  it('C9: a pipeline inside waits for the calls that run through it', async () => {
    const feed = new HandFeed()
    const inner = pipeline(answering(() => feed))
    const reply = await pipeline(inner, middleware({ name: 'outer' }))(request)
    let closed = false
    const closing = inner.close().then(() => {
      closed = true
    })
    await new Promise(setImmediate)
    expect(closed).toBe(false)
    feed.push(end())
    await reply.result()
    await closing
  })

  it('C9: a route closes all its targets', async () => {
    const log: string[] = []
    const target = (name: string) => ({ ...saying(), close: () => void log.push(name) })
    await pipeline(route({ a: target('a'), b: pipeline(target('b')) })).close()
    expect(log.toSorted()).toEqual(['a', 'b'])
  })

  it('C9: a layer that fails to close keeps the others from nothing, and the failure is told', async () => {
    const log: string[] = []
    const failing = (name: string) =>
      middleware({
        name,
        close() {
          log.push(name)
          throw new Error(name)
        },
      })
    const adapter = { ...saying(), close: () => void log.push('adapter') }
    await expect(pipeline(adapter, failing('one')).close()).rejects.toThrow('one')
    const error = await rejection(pipeline(adapter, failing('one'), failing('two')).close())
    expect(error).toBeInstanceOf(AggregateError)
    expect(log).toEqual(['one', 'adapter', 'one', 'two', 'adapter'])
  })

  it('C9: what it is told is checked', () => {
    expect(() => pipeline(saying()).close({ deadlineMs: -1 })).toThrow(
      'close: option deadlineMs is -1; it must be a number of at least 0',
    )
  })
})

describe('with()', () => {
  it('changes what is further in, and nothing outside or beside', async () => {
    const adapter = answering(() => said('a'))
    const seen: unknown[] = []
    const changing = handling(
      'changing',
      async (call, next) => {
        const changed = call.with({ request: { ...request, model: 'other' }, headers: { 'x-a': '1' } })
        expect(call.request.model).toBe('m')
        await (await next(changed.with({ headers: { 'x-b': '2' } }))).cancel()
        return next(call)
      },
      { repeats: true },
    )
    const watch = middleware({ name: 'watch', start: (call) => void seen.push([call.request.model, call.headers]) })
    await pipeline(adapter, changing, watch).complete(request)
    expect(seen).toEqual([
      ['other', { 'x-a': '1', 'x-b': '2' }],
      ['m', {}],
    ])
    expect(adapter.calls.map((call) => call.headers)).toEqual([{ 'x-a': '1', 'x-b': '2' }, {}])
  })
})

describe('X1: with()', () => {
  it('X1: a request that the operation cannot take fails the call, with what it must be', async () => {
    const adapter = saying('a')
    const wrong = handling('wrong', async (call, next) => next(call.with({ request: embedding })))
    const error = await rejection(pipeline(adapter, wrong).complete(request))
    expect(error).toBeInstanceOf(OptionError)
    expect(error.message).toBe('call: option request.messages is undefined; it must be a list of messages')
    expect(adapter.calls).toHaveLength(0)
  })
})

describe('X1: what a pipeline is made of is checked', () => {
  const adapter = saying()
  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'pipeline: option adapter is undefined; it must be an object with handle(), identity()'],
    ['no adapter', {}, 'pipeline: option adapter is an object; it must be an object with handle(), identity()'],
    [
      'a middleware in its place',
      middleware({ name: 'm' }),
      'pipeline: option adapter is an object; it must be an object with handle(), identity()',
    ],
    [
      'options without an adapter',
      { adapter: undefined },
      'pipeline: option adapter is undefined; it must be an object with handle(), identity()',
    ],
    [
      'an adapter without a name',
      { ...adapter, name: '' },
      'pipeline: option adapter.name is absent; it must name the provider',
    ],
    [
      'an adapter without operations',
      { ...adapter, operations: [] },
      "pipeline: option adapter.operations is empty or absent; the adapter test must say what it offers: ['chat'], ['embed'] or both",
    ],
    [
      'an unknown option',
      { adapter, clocks: 1 },
      'pipeline: option clocks is given; there is no such option; did you mean clock? (known: adapter, layers, name, clock, report, unreadAfterMs, allow)',
    ],
    [
      'a wrong clock',
      { adapter, clock: {} },
      'pipeline: option clock is an object; it must be an object with now(), epochMs(), setTimer()',
    ],
    [
      'a wrong time',
      { adapter, unreadAfterMs: 0 },
      'pipeline: option unreadAfterMs is 0; it must be an integer of at least 1',
    ],
  ])('X1: %s', (_what, given, message) => {
    expect(() => pipeline(given as never)).toThrow(OptionError)
    expect(() => pipeline(given as never)).toThrow(message)
  })

  it('X1: an adapter with a field `adapter` is an adapter', async () => {
    const wrapped = { ...saying('a'), adapter: saying('b') }
    expect((await pipeline(wrapped).complete(request)).text).toBe('a')
  })

  it.each<[string, [unknown, unknown], string]>([
    ['no request', [undefined, {}], 'call: option request is undefined; it must be an object with a model'],
    ['no model', [{ messages: [] }, {}], 'call: option request.model is undefined; it must name a model'],
    ['an empty model', [{ model: '', messages: [] }, {}], 'call: option request.model is empty; it must name a model'],
    ['no messages', [{ model: 'm' }, {}], 'call: option request.messages is undefined; it must be a list of messages'],
    [
      'a wrong signal',
      [request, { signal: {} }],
      'call: option signal is an object; it must be an object with addEventListener(), removeEventListener()',
    ],
    [
      'a wrong deadline',
      [request, { deadlineMs: '5' }],
      'call: option deadlineMs is "5"; it must be a number of at least 0',
    ],
    [
      'a wrong attribute',
      [request, { attributes: { tenant: 5 } }],
      'call: option attributes.tenant is 5; it must be a string that is not empty',
    ],
    [
      'a header that is no string, whose value is not shown',
      [request, { headers: { authorization: 12345 } }],
      'call: option headers.authorization is a number; it must be a string',
    ],
    [
      'an unknown option',
      [request, { timeout: 5 }],
      'call: option timeout is given; there is no such option (known: signal, deadlineMs, requestId, parent, attributes, headers, layers)',
    ],
  ])('X1: a call with %s', async (_what, [asked, options], message) => {
    const adapterUsed = saying('a')
    const error = await rejection(pipeline(adapterUsed).complete(asked as never, options as never))
    expect(error).toBeInstanceOf(OptionError)
    expect(error.message).toBe(message)
    expect(adapterUsed.calls).toHaveLength(0)
    const embedError = await rejection(pipeline(adapterUsed).embed({ model: 'e', input: 'a' } as never))
    expect(embedError.message).toBe('call: option request.input is a string; it must be a list of strings')
  })
})

describe('X1: a middleware spec is checked', () => {
  it.each<[unknown, string]>([
    [{}, 'middleware: option name is undefined; it must be a camelCase identifier'],
    [{ name: 'With-Dash' }, 'middleware: option name is "With-Dash"; it must be a camelCase identifier'],
    [{ name: 'm', onEvent() {} }, 'middleware m: option onEvent is given; there is no such hook or field'],
    [{ name: 'm', event: 5 }, 'middleware m: option event is a number; it must be a function'],
    [{ name: 'm', traits: { repeat: true } }, 'middleware m: option traits.repeat is given; there is no such trait'],
    [
      { name: 'm', reads: ['id'] },
      'middleware m: option reads.0 is a string; it must be the key of a fact, made by fact()',
    ],
    [{ name: 'm', gives: {} }, 'middleware m: option gives is an object; it must be a list of fact keys'],
  ])('X1: %j', (spec, message) => {
    expect(() => middleware(spec as never)).toThrow(OptionError)
    expect(() => middleware(spec as never)).toThrow(message)
  })
})
