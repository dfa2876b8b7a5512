import { describe, expect, it } from 'vitest'
import { BusyClock } from '../../test/busy-clock.ts'
import {
  all,
  allSelfMs,
  changing,
  makeCall,
  planted,
  rewriting,
  selfMs,
  stackOf,
  texts,
  timing,
  watching,
} from '../../test/timed.ts'
import { type CallTimes, type MiddlewareSpec, middleware, type TimedHook } from '../index.ts'

const EVENTS = 1_000
const BUSY_MS = 5

/** Whether two durations agree within so many percent. */
const near = (ms: number, expectedMs: number, percent: number) => {
  expect(Math.abs(ms - expectedMs)).toBeLessThanOrEqual((expectedMs * percent) / 100)
}

const sum = (times: CallTimes) => allSelfMs(times) + times.providerMs + times.consumerMs

/** Two layers that watch, one that changes events, one that reads them, one that only hands on, around the provider. */
const stack = (clock: BusyClock, hook?: TimedHook, layer?: string): MiddlewareSpec[] => {
  const busyIn = (name: string, its: TimedHook) => (layer === name && hook === its ? clock.busy(BUSY_MS) : undefined)
  const specs = [
    watching('outer'),
    changing('changes', (event) => {
      busyIn('changes', 'transform')
      return event
    }),
    rewriting('reads', () => busyIn('reads', 'reply')),
    watching('inner'),
    all('controls'),
  ]
  if (hook === undefined || hook === 'transform' || hook === 'reply') return specs
  return specs.map((spec) => (spec.name === layer ? planted(spec, hook, () => clock.busy(BUSY_MS)) : spec))
}

const watched: TimedHook[] = ['provide', 'start', 'firstToken', 'event', 'note', 'end']
const places: [string, TimedHook][] = [
  ...['outer', 'inner'].flatMap((layer) => watched.map((hook): [string, TimedHook] => [layer, hook])),
  ...['changes', 'reads', 'controls'].flatMap((layer) =>
    [...watched, 'handle' as const].map((hook): [string, TimedHook] => [layer, hook]),
  ),
  ['changes', 'transform'],
  ['reads', 'reply'],
]

/** The times of one call of a stack. */
async function measured(clock: BusyClock, specs: readonly MiddlewareSpec[], each?: () => void | Promise<void>) {
  const told: CallTimes[] = []
  const layers = [timing((times) => told.push(times)), ...specs.map((spec) => middleware(spec))]
  await makeCall(
    clock,
    stackOf(clock, layers, () => texts(EVENTS)),
    each,
  )
  expect(told).toHaveLength(1)
  return told[0] as CallTimes
}

describe('T1: a busy loop in every run of one hook', () => {
  it.each(places)('of %s, %s: is charged to that layer and that hook', async (layer, hook) => {
    const clock = new BusyClock()
    const times = await measured(clock, stack(clock, hook, layer))
    const runs = clock.runs
    expect(runs).toBeGreaterThanOrEqual(hook === 'event' || hook === 'transform' || hook === 'reply' ? EVENTS : 1)
    near(selfMs(times, layer, hook), runs * BUSY_MS, 2)
    near(times.wallMs, runs * BUSY_MS, 1e-9)
    near(sum(times), times.wallMs, 1e-9)
  })

  it('is charged to its layer beside the time of provider and consumer', async () => {
    const clock = new BusyClock()
    const source = async function* () {
      for (const event of texts(EVENTS)) {
        await clock.sleep(20)
        clock.busy(0.5)
        yield event
      }
    }
    const told: CallTimes[] = []
    const specs = stack(clock, 'event', 'inner').map((spec) => middleware(spec))
    const chat = stackOf(clock, [timing((times) => told.push(times)), ...specs], source)
    await makeCall(clock, chat, async () => {
      clock.busy(0.25)
      await clock.sleep(1)
    })
    const [times] = told as [CallTimes]
    near(selfMs(times, 'inner', 'event'), EVENTS * BUSY_MS, 1e-6)
    near(times.providerMs, EVENTS * 20.5, 1e-6)
    // the call is over when the last event is read
    near(times.consumerMs, (EVENTS - 1) * 1.25, 1e-6)
    near(sum(times), times.wallMs, 1e-9)
    expect(times.timedEvents).toBe(times.events)
  })
})

describe('T1: events that are not timed one by one', () => {
  const quick = (clock: BusyClock, name: string, ms: number) => planted(watching(name), 'event', () => clock.busy(ms))

  it('divide as those do that are', async () => {
    const clock = new BusyClock()
    const source = function* () {
      for (const event of texts(20_000)) {
        clock.busy(0.002)
        yield event
      }
    }
    const changes = changing('c', (event) => {
      clock.busy(0.004)
      return event
    })
    const told: CallTimes[] = []
    const layers = [quick(clock, 'a', 0.001), quick(clock, 'b', 0.003), changes].map((spec) => middleware(spec))
    const chat = stackOf(clock, [timing((times) => told.push(times)), ...layers], source)
    await makeCall(clock, chat, () => clock.busy(0.005))
    const [times] = told as [CallTimes]
    expect(times.events).toBe(20_000)
    expect(times.timedEvents).toBeLessThan(4_000)
    near(selfMs(times, 'a', 'event'), 20, 2)
    near(selfMs(times, 'b', 'event'), 60, 2)
    near(selfMs(times, 'c', 'transform'), 80, 2)
    near(times.providerMs, 40, 2)
    near(times.consumerMs, 100, 2)
    near(sum(times), times.wallMs, 1e-6)
    expect(times.self.find(({ layer, hook }) => layer === 'b' && hook === 'event')?.runs).toBe(20_000)
  })

  it('do not hide a reader who is slow now and then', async () => {
    const clock = new BusyClock()
    let event = 0
    const specs = [quick(clock, 'quick', 0.001)]
    const times = await measured(clock, specs, () => clock.busy(++event % 90 === 0 ? 20 : 0.001))
    near(times.consumerMs, 11 * 20 + 1, 2)
    near(sum(times), times.wallMs, 1e-6)
  })

  it('do not hide a hook that is slow now and then', async () => {
    const clock = new BusyClock()
    let event = 0
    const jumpy = planted(watching('jumpy'), 'event', () => clock.busy(++event % 90 === 0 ? 20 : 0.001))
    const times = await measured(clock, [jumpy])
    // 11 times; the first four may pass unseen, and are then taken for the reader's
    expect(selfMs(times, 'jumpy', 'event')).toBeGreaterThan(7 * 20 - 1)
    near(sum(times), times.wallMs, 1e-6)
  })
})
