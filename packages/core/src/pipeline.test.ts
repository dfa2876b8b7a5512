import { AsyncLocalStorage } from 'node:async_hooks'
import { fakeProvider, recorder, virtualClock } from '@cepa/testing'
import { describe, expect, it } from 'vitest'
import {
  answering,
  errorOf,
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
  ContractError,
  type EmbedRequest,
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
