import { fakeProvider, recorder, virtualClock } from '@cepa/testing'
import { describe, expect, it } from 'vitest'
import { answering, end, errorOf, HandFeed, read, rejection, request, said, saying } from '../test/onion.ts'
import { ClosedError, ContractError, middleware, pipeline, route } from './index.ts'

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

  it('C9: a layer that never closes is left alone at the deadline, told, and keeps the others from nothing', async () => {
    const clock = virtualClock()
    const log: string[] = []
    const hanging = (name: string) => middleware({ name, close: () => new Promise<void>(() => undefined) })
    const quick = middleware({ name: 'quick', close: async () => void log.push(`quick ${clock.now()}`) })
    const adapter = { ...saying(), close: () => void log.push(`adapter ${clock.now()}`) }
    const chat = pipeline({ adapter, clock, layers: [hanging('first'), quick, hanging('last')] })
    const error = (await clock.runUntil(rejection(chat.close({ deadlineMs: 3_000 })))) as Error as AggregateError
    expect(error.errors).toHaveLength(2)
    expect(error.errors[0]).toBeInstanceOf(ContractError)
    expect(error.errors.map(({ message }) => message)).toEqual([
      'first: was not closed in time; what it holds may not have been released (rule C9)',
      'last: was not closed in time; what it holds may not have been released (rule C9)',
    ])
    expect(log).toEqual(['quick 3000', 'adapter 3000'])
    expect(clock.pending).toEqual([])
  })

  it('C9: calls that take the whole deadline leave a second to the layers', async () => {
    const clock = virtualClock()
    const slow = middleware({ name: 'slow', close: () => new Promise<void>((done) => clock.setTimer(900, done)) })
    const chat = pipeline({ adapter: fakeProvider({ noHeaders: true }), clock, layers: [slow] })
    const pending = rejection(chat(request))
    await clock.runUntil(chat.close({ deadlineMs: 100 }))
    expect(clock.now()).toBe(1_000)
    await pending
  })

  it('C9: what it is told is checked', () => {
    expect(() => pipeline(saying()).close({ deadlineMs: -1 })).toThrow(
      'close: option deadlineMs is -1; it must be a number of at least 0',
    )
  })
})
