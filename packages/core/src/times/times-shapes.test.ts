import { describe, expect, it } from 'vitest'
import { BusyClock } from '../../test/busy-clock.ts'
import { answering, handling, peeking, repeating, request, said } from '../../test/onion.ts'
import {
  all,
  allSelfMs,
  makeCall,
  planted,
  put,
  replying,
  selfMs,
  stackOf,
  texts,
  timing,
  watching,
} from '../../test/timed.ts'
import {
  type Adapter,
  type AnyMiddleware,
  type CallTimes,
  createController,
  detachedEndNote,
  type Fault,
  middleware,
  ProviderError,
  type Reply,
  route,
} from '../index.ts'

const sum = (times: CallTimes) => allSelfMs(times) + times.providerMs + times.consumerMs

const failure = () => new ProviderError({ provider: 'test', kind: 'server', message: 'down' })

/** A pipeline around an adapter, and the times that are told of its calls. */
function timed(adapter: Adapter, ...layers: readonly AnyMiddleware[]) {
  const clock = new BusyClock()
  const told: CallTimes[] = []
  const stack = [timing((times) => told.push(times)), ...layers]
  const chat = put({ adapter, layers: stack, clock, name: 'stack', report: () => undefined })
  return { clock, told, chat }
}

describe('T1: whose the time is', () => {
  it('waiting for headers is the provider’s; waiting between tries is the layer’s that waits', async () => {
    const adapter = answering(async (call, nth) => {
      await (call.clock as BusyClock).sleep(30)
      if (nth < 2) throw failure()
      return said('a')
    })
    const backoff = handling(
      'backoff',
      async (call, next) => {
        for (;;) {
          try {
            return await next(call)
          } catch {
            await (call.clock as BusyClock).sleep(100)
          }
        }
      },
      { repeats: true },
    )
    const { clock, told, chat } = timed(adapter, backoff)
    await makeCall(clock, chat)
    const [times] = told as [CallTimes]
    expect(times.providerMs).toBe(90)
    expect(selfMs(times, 'backoff', 'handle')).toBe(200)
    expect(times.wallMs).toBe(290)
  })

  it('what a layer does before, after and around its next() is its own', async () => {
    const adapter = answering(async (call) => {
      await (call.clock as BusyClock).sleep(7)
      return said('a')
    })
    const busy = handling('busy', async (call, next) => {
      const { sleep, busy: run } = call.clock as BusyClock
      run.call(call.clock, 1)
      await sleep.call(call.clock, 2)
      const pending = next(call)
      const reply = await pending
      run.call(call.clock, 4)
      await sleep.call(call.clock, 8)
      return reply
    })
    const { clock, told, chat } = timed(adapter, busy, middleware(all('inner')))
    await makeCall(clock, chat)
    const [times] = told as [CallTimes]
    expect(selfMs(times, 'busy', 'handle')).toBe(15)
    expect(times.providerMs).toBe(7)
    expect(sum(times)).toBeCloseTo(times.wallMs, 9)
  })

  it('two tries at one time are the provider’s time once', async () => {
    const adapter = answering(async (call, nth) => {
      await (call.clock as BusyClock).sleep(nth === 0 ? 30 : 50)
      return said('a')
    })
    const both = handling(
      'both',
      async (call, next) => {
        const [winner, loser] = await Promise.all([next(call), next(call)])
        await loser?.cancel()
        return winner as Reply
      },
      { repeats: true },
    )
    const { clock, told, chat } = timed(adapter, both)
    await makeCall(clock, chat)
    expect(told[0]).toMatchObject({ providerMs: 50, wallMs: 50 })
  })

  it('a reply that a layer makes without asking is that layer’s, with its waits', async () => {
    const replay = replying('replay', async function* () {
      for (const event of texts(100)) {
        await clock.sleep(3)
        clock.busy(1)
        yield event
      }
    })
    const { clock, told, chat } = timed(
      answering(() => []),
      middleware(replay),
    )
    await makeCall(clock, chat, () => clock.busy(2))
    const [times] = told as [CallTimes]
    expect(selfMs(times, 'replay', 'reply')).toBeCloseTo(400, 6)
    expect(times.providerMs).toBe(0)
    // the reader leaves with the last event, which is the end of the call
    expect(times.consumerMs).toBeCloseTo(198, 6)
  })

  it('reading ahead is the time of whom it waits for', async () => {
    const source = async function* () {
      for (const event of said('a', 'b')) {
        await clock.sleep(10)
        yield event
      }
    }
    const { clock, told, chat } = timed(answering(source), peeking('peeks'), middleware(watching('inner')))
    await makeCall(clock, chat, () => clock.sleep(1))
    expect(told[0]).toMatchObject({ providerMs: 30, consumerMs: 2, wallMs: 32 })
  })

  it('a call that is never read is its reader’s', async () => {
    const { clock, told, chat } = timed(answering(() => said('a')))
    await clock.runUntil(chat(request))
    await clock.runUntil(clock.sleep(60_000))
    expect(told[0]).toMatchObject({ consumerMs: 60_000, wallMs: 60_000, events: 0 })
  })

  it('an abort leaves the wait for the provider the provider’s', async () => {
    const { clock, told, chat } = timed(answering(() => new Promise<never>(() => undefined)))
    const controller = createController()
    const asked = chat(request, { signal: controller.signal }).catch(() => undefined)
    await clock.runUntil(clock.sleep(40))
    controller.abort()
    await asked
    expect(told[0]).toMatchObject({ providerMs: 40, consumerMs: 0, wallMs: 40 })
  })

  it('a whole answer too', async () => {
    const adapter = answering(async (call) => {
      await (call.clock as BusyClock).sleep(25)
      return texts(1000)
    })
    const slow = planted(watching('slow'), 'event', () => clock.busy(5))
    const { clock, told, chat } = timed(adapter, middleware(slow))
    await clock.runUntil(chat.complete(request))
    const [times] = told as [CallTimes]
    expect(selfMs(times, 'slow', 'event')).toBeCloseTo(5000, 6)
    expect(times.providerMs).toBeCloseTo(25, 6)
  })
})

describe('nested pipelines', () => {
  const slow = (clock: () => BusyClock, name: string, ms: number) =>
    middleware(planted(watching(name), 'event', () => clock().busy(ms)))

  it('have their layers told under their own name', async () => {
    const inner = put({
      adapter: answering(() => texts(100)),
      layers: [slow(() => clock, 'same', 2)],
      name: 'inner',
    })
    const { clock, told, chat } = timed(
      route({ a: inner }),
      slow(() => clock, 'same', 1),
    )
    await clock.runUntil(chat.complete({ ...request, model: 'a/m' }))
    const of = (name: string) => told[0]?.self.find(({ pipeline: its, hook }) => its === name && hook === 'event')
    expect(of('stack')).toEqual({ pipeline: 'stack', layer: 'same', hook: 'event', ms: 100, runs: 100 })
    expect(of('inner')).toEqual({ pipeline: 'inner', layer: 'same', hook: 'event', ms: 200, runs: 100 })
  })

  it('may alone want to know; what is outside of them is not told', async () => {
    const clock = new BusyClock()
    const told: CallTimes[] = []
    const layers = [timing((times) => told.push(times)), slow(() => clock, 'known', 2)]
    const inner = put({ adapter: answering(() => texts(100)), layers, name: 'inner' })
    const chat = put({ adapter: inner, layers: [slow(() => clock, 'unknown', 3)], clock })
    await makeCall(clock, chat)
    const [times] = told as [CallTimes]
    expect([...new Set(times.self.map(({ layer }) => layer))]).toEqual(['timed', 'known'])
    expect(selfMs(times, 'known', 'event')).toBeCloseTo(200, 6)
    expect(times.consumerMs).toBeCloseTo(300, 6)
    expect(sum(times)).toBeCloseTo(times.wallMs, 9)
  })
})

describe('what is told', () => {
  it('comes after the last end, once, and is also there so far', async () => {
    const log: string[] = []
    const clock = new BusyClock()
    const logging = (name: string) =>
      middleware({
        name,
        traits: { timings: name === 'middle' },
        start: (call) => call.onTimes(() => log.push(`${name} told`)),
        end: (call) => {
          clock.busy(1)
          log.push(`${name} end ${call.times()?.wallMs}`)
        },
      })
    const chat = stackOf(clock, [logging('outer'), logging('middle'), logging('inner')], () => said('a'))
    await makeCall(clock, chat)
    expect(log).toEqual(['inner end 1', 'middle end 2', 'outer end 3', 'outer told', 'middle told', 'inner told'])
  })

  it('is nothing where no layer has the trait, nor for a call that leaves it out', async () => {
    const clock = new BusyClock()
    const seen: unknown[] = []
    const asks = middleware({
      name: 'asks',
      start: (call) => call.onTimes((times) => seen.push(times)),
      end: (call) => void seen.push(call.times()),
    })
    await makeCall(
      clock,
      stackOf(clock, [asks], () => said('a')),
    )
    const chat = put({ adapter: answering(() => said('a')), layers: [timing(() => undefined), asks], clock })
    await chat.complete(request, { layers: { timed: false } as object })
    expect(seen).toEqual([undefined, undefined])
    await chat.complete(request)
    expect(seen).toHaveLength(4)
  })

  it('may be listened to badly: that is a fault of the layer', async () => {
    const faults: Fault[] = []
    const clock = new BusyClock()
    const bad = timing(() => {
      throw new Error('broken')
    }, 'bad')
    const told: CallTimes[] = []
    const good = middleware({ name: 'good', start: (call) => call.onTimes((times) => told.push(times)) })
    const chat = put({
      adapter: answering(() => said('a')),
      layers: [bad, good],
      clock,
      report: (fault) => faults.push(fault),
    })
    await chat.complete(request)
    expect(faults).toMatchObject([{ middleware: 'bad', hook: 'end', error: { message: 'broken' } }])
    expect(told).toHaveLength(1)
  })

  it('of a call that fails before anything is sent, of one that is refused, of one whose hooks throw', async () => {
    const clock = new BusyClock()
    const told: CallTimes[] = []
    const breaking = middleware({
      name: 'breaks',
      provide: () => {
        clock.busy(3)
        throw new Error('no')
      },
      event: () => {
        throw new Error('never')
      },
    })
    const chat = put({
      adapter: answering(() => said('a')),
      layers: [timing((times) => told.push(times)), breaking],
      clock,
      report: () => undefined,
    })
    await expect(chat(request)).rejects.toThrow('no')
    expect(told[0]).toMatchObject({ wallMs: 3, providerMs: 0, consumerMs: 0 })
    expect(told[0]?.self).toContainEqual({ pipeline: 'test', layer: 'breaks', hook: 'provide', ms: 3, runs: 1 })
  })

  it('is told of a detached call apart, with the note of its end', async () => {
    const told: CallTimes[] = []
    const heard: (CallTimes | undefined)[] = []
    const adapter = answering(async (call) => {
      await (call.clock as BusyClock).sleep(call.detached ? 70 : 20)
      return said('a')
    })
    const refreshes = handling(
      'refreshes',
      async (call, next) => {
        const detached = next(call.detach('refresh'))
        detached.then((reply) => reply.result()).catch(() => undefined)
        return next(call)
      },
      { repeats: true },
    )
    const hears = middleware({
      name: 'hears',
      note: (_call, note) => {
        if (detachedEndNote.is(note)) heard.push(note.value.call.times())
      },
    })
    const { clock, chat, told: own } = timed(adapter, hears, refreshes)
    await makeCall(clock, chat)
    await clock.runUntil(clock.sleep(100))
    told.push(...own)
    expect(told).toHaveLength(1)
    expect(told[0]).toMatchObject({ providerMs: 20 })
    expect(heard).toHaveLength(1)
    expect(heard[0]).toMatchObject({ providerMs: 70, wallMs: 70 })
  })

  it('has the longer stretches in order', async () => {
    const source = async function* () {
      for (const event of said('a', 'b')) {
        await clock.sleep(10)
        yield event
      }
    }
    const slow = planted(watching('slow'), 'event', () => clock.busy(2))
    const { clock, told, chat } = timed(answering(source), middleware(slow))
    await makeCall(clock, chat, () => clock.busy(1))
    const provider = { of: 'provider', ms: 10 }
    const layer = { of: 'layer', layer: 'slow', hook: 'event', ms: 2 }
    const consumer = { of: 'consumer', ms: 1 }
    expect(told[0]?.spans).toMatchObject([
      { ...provider, startMs: 0 },
      { ...layer, startMs: 10 },
      { ...consumer, startMs: 12 },
      { ...provider, startMs: 13 },
      { ...layer, startMs: 23 },
      { ...consumer, startMs: 25 },
      { ...provider, startMs: 26 },
      { ...layer, startMs: 36 },
    ])
  })
})

describe('repeated calls', () => {
  it('keep nothing of each other', async () => {
    const adapter = answering(async (call, nth) => {
      await (call.clock as BusyClock).sleep(10 * (nth + 1))
      return said('a')
    })
    const { clock, told, chat } = timed(adapter, repeating('retry', 2))
    for (let calls = 0; calls < 3; calls++) await makeCall(clock, chat)
    await clock.runUntil(Promise.all([chat.complete(request), chat.complete(request)]))
    expect(told.map(({ providerMs }) => providerMs)).toEqual([10, 20, 30, 40, 50])
  })
})
