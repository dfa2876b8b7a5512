import type { CallTimes, SelfTime } from '@cepa/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CallProfile } from './call-profile.ts'

/** The value at rank ⌈share × count⌉, the long way. */
const bruteForce = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(share * values.length) - 1)] as number

const row = (layer: string, hook: SelfTime['hook'], ms: number): SelfTime => ({
  pipeline: 'chat',
  layer,
  hook,
  ms,
  runs: 1,
})

const timesOf = (self: readonly SelfTime[], providerMs: number, consumerMs: number): CallTimes => {
  const wallMs = self.reduce((sum, { ms }) => sum + ms, providerMs + consumerMs)
  return {
    self,
    providerMs,
    consumerMs,
    wallMs,
    startedAt: 0,
    events: 1,
    timedEvents: 1,
    spans: [],
  } as object as CallTimes
}

const ms = fc.double({ min: 0.000_01, max: 60_000, noNaN: true })
const call = fc.record({ start: ms, event: ms, end: ms, provider: ms, consumer: ms, by: fc.constantFrom('a', 'b') })

test('percentiles, totals and shares agree with brute force, by layer, provider and model', () => {
  fc.assert(
    fc.property(fc.array(call, { minLength: 1, maxLength: 200 }), (calls) => {
      const profile = new CallProfile(64)
      for (const { start, event, end, provider, consumer, by } of calls) {
        const times = timesOf(
          [row('x', 'start', start), row('x', 'event', event), row('y', 'end', end)],
          provider,
          consumer,
        )
        profile.add({
          answerer: { provider: 'p', model: by },
          times,
          call: {} as never,
          requestId: undefined,
          ending: 'done',
        })
      }
      const { total, groups } = profile.report('model')
      const close = (given: number | undefined, wanted: number) =>
        expect(Math.abs((given ?? Number.NaN) - wanted)).toBeLessThanOrEqual(wanted * 0.01)
      const check = (found: typeof total, of: typeof calls) => {
        const spreads = [
          [found.layers.find(({ layer }) => layer === 'x'), of.map(({ start, event }) => start + event)],
          [found.layers.find(({ layer }) => layer === 'y'), of.map(({ end }) => end)],
          [found.provider, of.map(({ provider }) => provider)],
          [found.consumer, of.map(({ consumer }) => consumer)],
        ] as const
        for (const [spread, values] of spreads) {
          for (const [name, share] of [
            ['p50Ms', 0.5],
            ['p95Ms', 0.95],
            ['p99Ms', 0.99],
            ['maxMs', 1],
          ] as const)
            close(spread?.[name], bruteForce(values, share))
          const sum = values.reduce((total, value) => total + value, 0)
          expect(spread?.totalMs).toBeCloseTo(sum, 5)
          expect(spread?.share).toBeCloseTo(sum / found.wall.totalMs, 9)
        }
        expect(found.accounted).toBeCloseTo(1, 9)
      }
      check(total, calls)
      for (const group of groups)
        check(
          group,
          calls.filter(({ by }) => by === group.labels.model),
        )
      expect(groups.reduce((sum, each) => sum + each.calls, 0)).toBe(calls.length)
    }),
    { numRuns: 50 },
  )
})
