import { type AnyMiddleware, type MiddlewareSpec, middleware, pipeline, requestIdFact } from '@cepa/core'
import { cache } from '@cepa/middleware-cache'
import { logging } from '@cepa/middleware-logging'
import { retry } from '@cepa/middleware-retry'
import { timeout } from '@cepa/middleware-timeout'
import { timing } from '@cepa/middleware-timing'
import { tokenCount } from '@cepa/middleware-token-count'
import { collect, fakeProvider, type Step } from '@cepa/testing'
import { describe, expect, test } from 'vitest'
import { type Profile, profiler } from '../src/index.ts'
import { request } from './stacks.ts'

const EVENTS = 200
const BUSY_MS = 5

function busy(): void {
  const until = performance.now() + BUSY_MS
  while (performance.now() < until);
}

/** The layer with a busy loop in each run of its hook `event`, whether it has one itself or not. */
function withBusyEvent(layer: AnyMiddleware): AnyMiddleware {
  const spec = layer['~spec']
  const event: MiddlewareSpec['event'] = (call, passing, state) => {
    busy()
    spec.event?.(call, passing, state)
  }
  return middleware({ ...spec, event })
}

/** A layer with a busy loop in each run of the function that changes its events. */
const changing = (): AnyMiddleware =>
  middleware({
    name: 'changing',
    async handle(call, next) {
      return (await next(call)).transform((event) => {
        busy()
        return event
      })
    },
  })

/** A stack of real middlewares in real time, one of which is busy, or a further one that is. */
function busyStack(where: string) {
  const profile = profiler()
  const asked = middleware({
    name: 'asked',
    gives: [requestIdFact],
    provide: (call) => call.give(requestIdFact, 'req_1'),
  })
  const observers = [asked, logging({ level: 'silent' }), timing(), profile]
  const controls = [cache({ scope: 'shared' }), tokenCount(), retry(), timeout({ idleMs: 10_000 })]
  const further = where === 'changing' ? [changing()] : []
  const layers = [...observers, ...further, ...controls].map((layer) =>
    where !== 'changing' && layer.name === where ? withBusyEvent(layer) : layer,
  )
  // texts come by threes, with a wait between
  const steps = Array.from({ length: EVENTS - 2 }, (_, index): Step[] => [
    ...(index % 3 === 0 ? [{ waitMs: 1 }] : []),
    { text: 'a' },
  ]).flat()
  return { profile, chat: pipeline({ adapter: fakeProvider(steps, { asynchronous: true }), layers: layers as [] }) }
}

const layerMs = ({ layers }: Profile, name: string): number => layers.find(({ layer }) => layer === name)?.totalMs ?? 0

const hookMs = ({ layers }: Profile, name: string, wanted: string): number =>
  layers.find(({ layer }) => layer === name)?.hooks.find(({ hook }) => hook === wanted)?.totalMs ?? 0

describe('5 ms in every run of one hook, in a stack of real middlewares', () => {
  test.each([
    ['logging', 'event'],
    ['cache', 'event'],
    ['timeout', 'event'],
    ['changing', 'transform'],
  ])('are charged to %s, %s; all together is the wall time', async (layer, hook) => {
    const { profile, chat } = busyStack(layer)
    const startedAt = performance.now()
    await collect(chat(request))
    const seenMs = performance.now() - startedAt
    const { total } = profile.report({ json: true })
    expect(total.events).toBe(EVENTS)
    // a machine that is busy elsewhere makes loops longer, never shorter
    expect(hookMs(total, layer, hook)).toBeGreaterThanOrEqual(EVENTS * BUSY_MS * 0.98)
    const others = total.layers.filter((each) => each.layer !== layer)
    for (const each of others) expect(layerMs(total, each.layer)).toBeLessThan(EVENTS * BUSY_MS * 0.1)
    expect(total.accounted).toBeGreaterThan(0.98)
    expect(total.accounted).toBeLessThan(1.02)
    expect(Math.abs(total.wall.totalMs - seenMs)).toBeLessThan(seenMs * 0.02)
  })
})
