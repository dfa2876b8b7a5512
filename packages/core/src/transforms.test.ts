import { fakeProvider, recorder } from '@cepa/testing'
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
  saying,
  shouting,
  soundness,
  text,
  textOf,
  wrapping,
} from '../test/onion.ts'
import { ContractError, pipeline, type StreamEvent, type Transform } from './index.ts'

describe('R4: transforms', () => {
  const transforming = (fn: Transform, name = 'change') =>
    handling(name, async (call, next) => (await next(call)).transform(fn))
  const isText = (event: StreamEvent): event is StreamEvent & { type: 'text' } => event.type === 'text'

  it.each<[string, Transform, string]>([
    ['one event of one', (event) => (isText(event) ? { ...event, text: event.text.toUpperCase() } : event), 'AB'],
    ['several of one', (event) => (isText(event) ? [event, text('-'), event] : event), 'a-ab-b'],
    ['none of one', (event) => (isText(event) && event.text === 'a' ? undefined : event), 'b'],
    ['an empty list', (event) => (isText(event) && event.text === 'a' ? [] : event), 'b'],
    ['a list of one', (event) => [event], 'ab'],
    ['events before the end', (event) => (event.type === 'end' ? [text('!'), text('?'), event] : event), 'ab!?'],
  ])('R4: makes %s', async (_what, fn, expected) => {
    for (const mode of MODES) {
      const seen = recorder()
      const chat = pipeline(saying('a', 'b'), seen.layer('outer'), transforming(fn), seen.layer('inner'))
      if (mode === 'stream') expect(textOf(await read(chat(request)))).toBe(expected)
      else expect((await chat.complete(request)).text).toBe(expected)
      expect(textOf(seen.passesOf('outer')[0]?.events ?? [])).toBe(expected)
      expect(textOf(seen.passesOf('inner')[0]?.events ?? [])).toBe('ab')
      expect([seen.endingsOf('inner'), seen.endingsOf('outer')]).toEqual([['done'], ['done']])
      expect(soundness(seen.log)).toEqual([])
    }
  })

  it.each<[string, Transform, string]>([
    ['drops `end`', (event) => (event.type === 'end' ? undefined : event), 'dropped `end`'],
    [
      'drops `end` by an empty list',
      (event) => (event.type === 'end' ? [] : event),
      'let something else than one `end` through last',
    ],
    [
      'makes a text of `end`',
      (event) => (event.type === 'end' ? text('x') : event),
      'let something else than one `end` through last',
    ],
    [
      'puts something behind `end`',
      (event) => (event.type === 'end' ? [event, text('x')] : event),
      'let something else than one `end` through last',
    ],
    [
      'doubles `end`',
      (event) => (event.type === 'end' ? [event, event] : event),
      'let something else than one `end` through last',
    ],
    ['makes an `end` of its own', (event) => (isText(event) ? end() : event), 'made an `end` of its own'],
    ['adds an `end` of its own', (event) => (isText(event) ? [event, end()] : event), 'made an `end` of its own'],
    [
      'is asynchronous',
      (async (event: StreamEvent) => event) as never,
      'gave something that is no event; transforms are synchronous',
    ],
    ['gives null', (() => null) as never, ''],
    ['gives words', (() => 'words') as never, 'gave something that is no event'],
    [
      'gives a list with a hole',
      (() => [text('a'), undefined]) as never,
      'gave a list with something that is no event',
    ],
    [
      'throws',
      (event) => {
        if (event.type === 'end') throw new Error('mine')
        return event
      },
      'mine',
    ],
  ])('R4: one that %s: its layer and those outside fail, those inside end abandoned', async (_what, fn, message) => {
    for (const mode of MODES) {
      const seen = recorder()
      const adapter = fakeProvider([{ text: 'a' }, { text: 'b' }])
      const chat = pipeline(
        adapter,
        seen.layer('outer'),
        shouting('loud'),
        seen.layer('between'),
        transforming(fn),
        seen.layer('inner'),
      )
      const error = (await errorOf(chat, mode)) as ContractError
      expect(error).toBeInstanceOf(Error)
      expect(error.message).toContain(message)
      if (error instanceof ContractError) expect(error).toMatchObject({ layer: 'change', rule: 'R4' })
      expect([seen.endingsOf('between'), seen.endingsOf('outer')]).toEqual([['failed'], ['failed']])
      expect(['abandoned', 'done']).toContain(seen.endingsOf('inner')[0])
      expect(seen.endingsOf('inner')).toHaveLength(1)
      expect(adapter.open).toBe(0)
      expect(soundness(seen.log)).toEqual([])
    }
  })

  it('R4: what is inside of a transform that throws in the middle ends abandoned, with the error as reason', async () => {
    const seen = recorder()
    const fail: Transform = () => {
      throw new Error('mine')
    }
    const error = await errorOf(pipeline(saying('a'), transforming(fail), seen.layer('inner')), 'stream')
    expect(seen.passes[0]?.endings).toEqual([expect.objectContaining({ kind: 'abandoned', reason: error })])
  })

  it('R4: several transforms work one after the other, innermost first', async () => {
    const mark = (name: string) =>
      transforming((event) => (isText(event) ? { ...event, text: `${event.text}${name}` } : event), name)
    const twice: Transform = (event) => (isText(event) ? [event, event] : event)
    const chat = pipeline(saying('.'), mark('c'), transforming(twice, 'twice'), mark('b'), mark('a'))
    expect(textOf(await read(chat(request)))).toBe('.abc.abc')
  })

  it('R4: the caller may transform, too; what throws there abandons all passes', async () => {
    const seen = recorder()
    const chat = pipeline(saying('a'), seen.layer('outer'))
    const changed = (await chat(request)).transform((event) => (isText(event) ? [event, event] : event))
    expect((await changed.result()).text).toBe('aa')
    const failing = (await chat(request)).transform(() => {
      throw new Error('mine')
    })
    const error = await rejection(read(failing))
    expect(error.message).toBe('mine')
    expect(seen.endingsOf('outer')).toEqual(['done', 'abandoned'])
    expect(error.ending).toBe(seen.passes[1]?.endings[0])
  })

  it('R4: one event may become very many', async () => {
    const many = Array.from({ length: 200_000 }, () => text('.'))
    const chat = pipeline(
      saying('a'),
      transforming((event) => (isText(event) ? many : event)),
    )
    expect((await chat.complete(request)).text).toHaveLength(200_000)
  })
})

describe('peek', () => {
  it('gives the first content and keeps what was read, for the layers further out and the reader', async () => {
    const seen = recorder()
    let peeked: unknown
    const look = handling('look', async (call, next) => {
      const reply = await next(call)
      peeked = await reply.peek()
      seen.clear()
      return reply
    })
    const chat = pipeline(fakeProvider([{ text: 'a' }, { text: 'b' }]), seen.layer('outer'), look, seen.layer('inner'))
    expect(textOf(await read(chat(request)))).toBe('ab')
    expect(peeked).toMatchObject({ type: 'text', text: 'a' })
    expect(seen.log).toEqual([
      // what was peeked at has passed what is inside before, and passes the rest now
      'outer.event start',
      'outer.firstToken text',
      'outer.event text',
      'inner.event text',
      'outer.event text',
      'inner.event end',
      'outer.event end',
      'inner.note attempt-end',
      'outer.note attempt-end',
      'inner.end done',
      'outer.end done',
    ])
  })

  it('looks as far as it is told, again from the front each time, and no further', async () => {
    const adapter = fakeProvider([{ text: 'a' }, { text: 'b' }, { text: 'c' }])
    const reply = await pipeline(adapter)(request)
    const isB = (event: StreamEvent) => event.type === 'text' && event.text === 'b'
    expect(await reply.peek(isB)).toMatchObject({ text: 'b' })
    expect(adapter.last.pulls).toBe(3)
    expect(await reply.peek()).toMatchObject({ text: 'a' })
    expect(await reply.peek(({ type }) => type === 'start')).toMatchObject({ type: 'start' })
    expect(adapter.last.pulls).toBe(3)
    expect(textOf(await read(reply))).toBe('abc')
  })

  it('gives undefined where the answer ends before, and the end is still there', async () => {
    const reply = await pipeline(saying())(request)
    expect(await reply.peek()).toBeUndefined()
    expect(await read(reply)).toEqual([end()])
    const done = await pipeline(saying('a'))(request)
    expect(await done.peek(() => false)).toBeUndefined()
    expect(textOf(await read(done))).toBe('a')
  })

  it('rejects with what the answer fails with', async () => {
    const reply = await pipeline(answering(() => [{ type: 'start', at: 0 }]))(request)
    const error = await rejection(reply.peek())
    expect(error).toMatchObject({ kind: 'truncated' })
    await expect(read(reply)).rejects.toBe(error)
  })

  it('two at once, and a reader beside them, take turns', async () => {
    const feed = new HandFeed()
    const reply = await pipeline(answering(() => feed))(request)
    const first = reply.peek()
    const second = reply.peek(({ type }) => type === 'end')
    const events = read(reply)
    await new Promise(setImmediate)
    expect(feed.pulls).toBe(1)
    feed.push(text('a'), text('b'), end())
    expect(await first).toMatchObject({ text: 'a' })
    expect(await second).toMatchObject({ type: 'end' })
    expect(textOf(await events)).toBe('ab')
    expect(feed.pulls).toBe(3)
  })

  it('an until that throws rejects, and the reply can still be read', async () => {
    const reply = await pipeline(saying('a', 'b'))(request)
    await expect(
      reply.peek(() => {
        throw new Error('mine')
      }),
    ).rejects.toThrow('mine')
    expect(textOf(await read(reply))).toBe('ab')
  })

  it('in several layers, around transforms and wrappers, changes nothing', async () => {
    const chat = pipeline({
      adapter: saying('a', 'b'),
      layers: [peeking('p1'), wrapping('w'), peeking('p2'), shouting('t'), peeking('p3'), peeking('p4')],
    })
    expect(textOf(await read(chat(request)))).toBe('AB')
    expect((await chat.complete(request)).text).toBe('AB')
  })

  it('of a very long answer costs the same for each event', async () => {
    const msFor = async (events: number) => {
      const long = [...Array.from({ length: events }, () => text('.')), end()]
      const reply = await pipeline(answering(() => long))(request)
      const startedAt = performance.now()
      await reply.peek(() => false)
      expect((await reply.result()).text).toHaveLength(events)
      return performance.now() - startedAt
    }
    await msFor(20_000)
    const few = Math.min(await msFor(20_000), await msFor(20_000))
    // ten times as many; a queue that moves its rest for each that is taken needs a hundred times as long
    expect(Math.min(await msFor(200_000), await msFor(200_000))).toBeLessThan(50 * few)
  })
})
