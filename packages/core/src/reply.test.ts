import { fakeProvider, recorder, virtualClock } from '@cepa/testing'
import { describe, expect, it } from 'vitest'
import {
  answering,
  end,
  errorOf,
  HandFeed,
  handling,
  MODES,
  peeking,
  read,
  rejection,
  request,
  said,
  saying,
  shouting,
  text,
} from '../test/onion.ts'
import {
  type Completion,
  ContractError,
  isContent,
  type Layer,
  middleware,
  pipeline,
  type StreamEvent,
} from './index.ts'

describe('R3: one reader', () => {
  it('R3: overlapping next() are queued, in order, one pull at a time', async () => {
    const feed = new HandFeed()
    const steps = (await pipeline(answering(() => feed))(request))[Symbol.asyncIterator]()
    const taken: unknown[] = []
    const take = () =>
      steps
        .next()
        .then(({ value, done }) => void taken.push(done ? 'done' : value.type === 'text' ? value.text : value.type))
    const asked = [take(), take(), take()]
    await new Promise(setImmediate)
    expect(feed.pulls).toBe(1)
    feed.push(text('a'))
    await new Promise(setImmediate)
    expect(feed.pulls).toBe(2)
    // asked while others wait: still the last
    asked.push(take(), take())
    feed.push(text('b'), text('c'), end())
    await Promise.all(asked)
    expect(taken).toEqual(['a', 'b', 'c', 'end', 'done'])
    expect(feed.pulls).toBe(4)
  })

  it('R3: when one of several next() fails, the others are done', async () => {
    const feed = new HandFeed()
    const steps = (await pipeline(answering(() => feed))(request))[Symbol.asyncIterator]()
    const first = steps.next()
    const rest = [steps.next(), steps.next()]
    feed.push(new Error('reset'))
    await expect(first).rejects.toThrow('reset')
    expect(await Promise.all(rest)).toEqual([
      { value: undefined, done: true },
      { value: undefined, done: true },
    ])
  })

  it('R3: a second iteration is a ContractError, and harms the first one not', async () => {
    const reply = await pipeline(saying('a', 'b'))(request)
    const steps = reply[Symbol.asyncIterator]()
    await steps.next()
    const error = await rejection(read(reply))
    expect(error).toBeInstanceOf(ContractError)
    expect(error.message).toBe('reader: the reply is read already; it has one reader (rule R3)')
    expect(await steps.next()).toMatchObject({ value: { text: 'b' } })
  })

  it('R3: result() gives the same promise before, during and after the loop', async () => {
    const reply = await pipeline(saying('a', 'b'))(request)
    const results: Promise<Completion>[] = []
    const steps = reply[Symbol.asyncIterator]()
    results.push(reply.result())
    for (let step = await steps.next(); !step.done; step = await steps.next()) results.push(reply.result())
    results.push(reply.result())
    expect(new Set(results).size).toBe(1)
    expect(await reply.result()).toMatchObject({ text: 'ab', finish: 'stop' })
  })

  it('R3: result() called first reads the rest itself', async () => {
    const reply = await pipeline(saying('a', 'b'))(request)
    expect((await reply.result()).text).toBe('ab')
    expect(await rejection(read(reply))).toBeInstanceOf(ContractError)
  })

  it('R3: result() called first leaves the reading to a loop that begins before the next turn', async () => {
    const feed = new HandFeed()
    const reply = await pipeline(answering(() => feed))(request)
    const result = reply.result()
    const steps = reply[Symbol.asyncIterator]()
    await new Promise(setImmediate)
    expect(feed.pulls).toBe(0)
    feed.push(...said('a'))
    await steps.next()
    await steps.next()
    expect((await result).text).toBe('a')
  })

  it('R3: result() asked for after the loop, without having been asked before', async () => {
    const reply = await pipeline(saying('a'))(request)
    await read(reply)
    expect((await reply.result()).text).toBe('a')
  })

  it('R3: result() in the middle of the loop waits for its end, and does not read itself', async () => {
    const feed = new HandFeed()
    const reply = await pipeline(answering(() => feed))(request)
    const steps = reply[Symbol.asyncIterator]()
    feed.push(text('a'))
    await steps.next()
    const result = reply.result()
    await new Promise(setImmediate)
    expect(feed.pulls).toBe(1)
    await steps.return?.()
    expect(await rejection(result)).toMatchObject({ ending: { kind: 'abandoned', completion: { text: 'a' } } })
  })

  it('R3: it rejects with the very error that the loop threw', async () => {
    const reply = await pipeline(answering(() => [text('a')]))(request)
    const error = await rejection(read(reply))
    expect(await rejection(reply.result())).toBe(error)
    expect(error.ending).toMatchObject({ kind: 'failed', completion: { text: 'a' } })
  })

  it('R3: a failure that nobody asks the result of is no unhandled rejection', async () => {
    const unhandled: unknown[] = []
    const listen = (reason: unknown) => unhandled.push(reason)
    process.on('unhandledRejection', listen)
    const reply = await pipeline(answering(() => [text('a')]))(request)
    await read(reply).catch(() => undefined)
    const left = await pipeline(saying('a'))(request)
    await left.cancel()
    await new Promise((resolve) => setTimeout(resolve, 5))
    process.off('unhandledRejection', listen)
    expect(unhandled).toEqual([])
  })

  it('R3: what changes a reply must do so before it is read', async () => {
    const reply = await pipeline(saying('a', 'b'))(request)
    const steps = reply[Symbol.asyncIterator]()
    await steps.next()
    expect(() => reply.transform((event) => event)).toThrow(
      'reader: the reply is being read; transform it before (rule R3)',
    )
    await expect(reply.peek()).rejects.toThrow('reader: the reply is being read; peek it before (rule R3)')
  })
})

describe('R5: when a call resolves', () => {
  it('R5: with the headers, before any event', async () => {
    const clock = virtualClock()
    const adapter = fakeProvider({ headersMs: 40, steps: [{ waitMs: 100 }, { text: 'a' }] })
    const chat = pipeline({ adapter, clock })
    const reply = await clock.runUntil(chat(request))
    expect(clock.now()).toBe(40)
    expect(adapter.last.pulls).toBe(0)
    await reply.cancel()
  })

  it('R5: with a layer that must know more, at the first content', async () => {
    const clock = virtualClock()
    const adapter = fakeProvider({ headersMs: 40, steps: [{ waitMs: 100 }, { text: 'a' }] })
    await clock.runUntil(pipeline({ adapter, clock, layers: [peeking('ahead')] })(request))
    expect(clock.now()).toBe(140)
  })

  it('R5: what fails before the headers rejects, what fails in the stream throws in the loop', async () => {
    const early = pipeline(fakeProvider({ failure: { status: 401 } }))
    await expect(early(request)).rejects.toMatchObject({ kind: 'auth' })
    const late = pipeline(fakeProvider([{ error: { kind: 'server' } }]))
    await expect(read(await late(request))).rejects.toMatchObject({ kind: 'server' })
    await expect(early.complete(request)).rejects.toMatchObject({ kind: 'auth' })
    await expect(late.complete(request)).rejects.toMatchObject({ kind: 'server' })
  })

  it('R5: complete() runs the same hooks as the stream', async () => {
    const logs = await Promise.all(
      MODES.map(async (mode) => {
        const seen = recorder()
        const chat = pipeline(saying('a', 'b'), seen.layer('outer'), shouting('loud'), seen.layer('inner'))
        expect(await errorOf(chat, mode)).toBeUndefined()
        return seen.log
      }),
    )
    expect(logs[0]).toEqual(logs[1])
  })
})

describe('R6: the first token', () => {
  const content: readonly [StreamEvent, boolean][] = [
    [text('a'), true],
    [text(''), false],
    [{ type: 'reasoning', text: 'hm', at: 0 }, true],
    [{ type: 'reasoning', text: '', signature: 'x', at: 0 }, false],
    [{ type: 'reasoning', text: '', redacted: 'x', at: 0 }, true],
    [{ type: 'tool-call-start', id: '1', name: 'f', at: 0 }, true],
    [{ type: 'tool-call', id: '1', name: 'f', arguments: {}, at: 0 }, true],
    [{ type: 'tool-call-delta', id: '1', argumentsText: '{', at: 0 }, false],
    [{ type: 'file', value: {}, at: 0 }, true],
    [{ type: 'embedding', index: 0, value: [1], at: 0 }, true],
    [{ type: 'source', value: {}, at: 0 }, false],
    [{ type: 'raw', value: {}, at: 0 }, false],
    [{ type: 'start', at: 0 }, false],
    [{ type: 'usage', usage: { source: 'provider' }, at: 0 }, false],
    [end(), false],
  ]

  it.each(content)('R6: %j: %s', async (event, first) => {
    const seen: StreamEvent[] = []
    const layer = middleware({ name: 'first', firstToken: (_call, token) => void seen.push(token) })
    const events = event.type === 'end' ? [event] : [event, event, end()]
    await read(
      pipeline(
        answering(() => events),
        layer,
      )(request),
    )
    expect(seen).toEqual(first ? [event] : [])
    expect(isContent(event)).toBe(first)
  })

  it('R6: is the first at each position, before the event hook of the same event', async () => {
    const seen = recorder()
    const dropFirst = (): Layer => {
      let dropped = false
      return handling('drop', async (call, next) =>
        (await next(call)).transform((event) => {
          if (event.type !== 'text' || dropped) return event
          dropped = true
          return undefined
        }),
      )
    }
    await pipeline({
      adapter: saying('a', 'b'),
      layers: [seen.layer('outer'), dropFirst(), seen.layer('inner')],
    }).complete(request)
    expect(seen.log.filter((line) => /firstToken|event text/.test(line))).toEqual([
      'inner.firstToken text',
      'inner.event text',
      'inner.event text',
      'outer.firstToken text',
      'outer.event text',
    ])
  })
})
