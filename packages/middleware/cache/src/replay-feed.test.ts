import { cacheFact, pipeline, type StreamEvent } from '@cepa/core'
import { collect, fakeProvider, recorder, virtualClock } from '@cepa/testing'
import { expect, test } from 'vitest'
import { request } from '../test/stores.ts'
import { cache } from './cache.ts'
import { getCacheMetrics } from './cache-metrics.ts'
import type { StoredEvent } from './event-codec.ts'
import { ReplayFeed } from './replay-feed.ts'

const SCRIPT = { headersMs: 100, steps: [{ text: 'a' }, { waitMs: 20 }, { text: 'b' }, { waitMs: 300 }, { text: 'c' }] }

/** A pipeline whose clock stands still, with an answer stored that took 420 ms. */
async function bought(replay: 'instant' | 'recorded') {
  const clock = virtualClock()
  const seen = recorder()
  const layers = [seen.layer('outer', { reads: [cacheFact] }), cache({ scope: 'shared', replay })] as const
  const chat = pipeline({ adapter: fakeProvider(SCRIPT), layers, clock })
  await clock.runUntil(collect(chat(request)))
  await clock.advance(1000 - clock.now())
  return { clock, chat, seen }
}

const times = (events: readonly StreamEvent[]): unknown => events.map(({ type, at }) => `${type} ${at}`)

test('instant: an event has the time at which it is pulled', async () => {
  const { clock, chat } = await bought('instant')
  const events: StreamEvent[] = []
  for await (const event of await chat(request)) {
    events.push(event)
    await clock.advance(7)
  }
  expect(times(events)).toEqual(['start 1000', 'text 1007', 'text 1014', 'text 1021', 'end 1028'])
})

test('instant: a whole answer has one time', async () => {
  const { clock, chat } = await bought('instant')
  const feed = new ReplayFeed(
    ['a', 'b'].map((text, index): StoredEvent => ({ afterMs: 10 * index, body: { type: 'text', text } })),
    { clock, timing: 'instant', whole: true },
  )
  const first = feed.pull() as StreamEvent
  await clock.advance(5)
  expect([first.at, (feed.pull() as StreamEvent).at, feed.pull()]).toEqual([1000, 1000, null])
  const startedAt = clock.now()
  await chat.complete(request)
  expect(clock.now()).toBe(startedAt)
})

test('recorded: events come as long after the start as they first did', async () => {
  const { clock, chat } = await bought('recorded')
  const reading = collect(chat(request))
  await clock.advance(119)
  expect(clock.pending).toMatchObject([{ dueAt: 1120 }])
  const { events } = await clock.runUntil(reading)
  expect(times(events)).toEqual(['start 1100', 'text 1100', 'text 1120', 'text 1420', 'end 1420'])
  expect(clock.now()).toBe(1420)
})

test('recorded: a reader that is late gets what is due at once, each with its own time', async () => {
  const { clock, chat } = await bought('recorded')
  const reply = await chat(request)
  await clock.advance(500)
  const { events } = await collect(reply)
  expect(times(events)).toEqual(['start 1100', 'text 1100', 'text 1120', 'text 1420', 'end 1420'])
  expect(clock.now()).toBe(1500)
})

test('recorded: a whole answer comes when its last event is due, and has one time', async () => {
  const { clock, chat, seen } = await bought('recorded')
  seen.clear()
  const { text } = await clock.runUntil(chat.complete(request))
  expect([text, clock.now()]).toEqual(['abc', 1420])
  expect(times(seen.passes[0]?.events ?? [])).toEqual(['start 1420', 'text 1420', 'text 1420', 'text 1420', 'end 1420'])
})

test('what is saved is time only where the answer comes sooner', async () => {
  for (const [replay, savedMs] of [
    ['instant', 420],
    ['recorded', 0],
  ] as const) {
    const { clock, chat, seen } = await bought(replay)
    await clock.runUntil(chat.complete(request))
    expect(seen.passes[1]?.facts).toMatchObject({ cache: { outcome: 'hit', savedMs } })
    expect(getCacheMetrics(chat).saved.ms).toBe(savedMs)
  }
})

test('closing settles a pull that waits, takes its timer away, and may be done again', async () => {
  const clock = virtualClock()
  const feed = new ReplayFeed([{ afterMs: 10, body: { type: 'text', text: 'a' } }], {
    clock,
    timing: 'recorded',
    whole: false,
  })
  const pull = feed.pull()
  feed.close()
  feed.close()
  expect([await pull, feed.pull(), clock.pending]).toEqual([null, null, []])
})
