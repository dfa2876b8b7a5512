import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { StreamEvent } from './event.ts'
import { GapMeter, isToken } from './token-gaps.ts'

const measured = (times: readonly number[]) => {
  const meter = new GapMeter()
  for (const at of times) meter.token(at)
  return meter.report()
}

describe('the gaps between tokens', () => {
  test('agree with all samples: count, mean and max exactly, percentiles within 1 %', () => {
    const gaps = fc.array(fc.oneof(fc.constant(0), fc.double({ min: 0.01, max: 30_000, noNaN: true })), {
      minLength: 1,
    })
    fc.assert(
      fc.property(gaps, fc.double({ min: 0, max: 1e9, noNaN: true }), (steps, start) => {
        const times = [start]
        for (const step of steps) times.push((times.at(-1) ?? 0) + step)
        const exact = times.slice(1).map((at, index) => at - (times[index] ?? 0))
        const sorted = exact.toSorted((a, b) => a - b)
        const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] as number
        const report = measured(times)
        expect(report?.count).toBe(steps.length)
        expect(report?.maxMs).toBe(sorted.at(-1))
        expect(report?.meanMs).toBeCloseTo(exact.reduce((sum, gap) => sum + gap, 0) / exact.length, 6)
        expect(Math.abs((report?.p50Ms ?? -1) - at(0.5))).toBeLessThanOrEqual(at(0.5) * 0.01)
        expect(Math.abs((report?.p95Ms ?? -1) - at(0.95))).toBeLessThanOrEqual(at(0.95) * 0.01)
      }),
    )
  })

  test('are 0 between tokens of one read', () => {
    expect(measured([10, 10, 10, 40, 40, 40])).toEqual({ count: 5, meanMs: 6, p50Ms: 0, p95Ms: 30, maxMs: 30 })
  })

  test('are absent for no token and for one', () => {
    expect(measured([])).toBeUndefined()
    expect(measured([5])).toBeUndefined()
  })

  test('do not go wrong over an event with an older time', () => {
    expect(measured([100, 0, 110])).toMatchObject({ count: 2, maxMs: 10 })
  })
})

test('tokens are what the model puts out, once', () => {
  const at = 0
  const call = { id: 'c', name: 'n' }
  const events: [StreamEvent, boolean][] = [
    [{ at, type: 'start' }, false],
    [{ at, type: 'text', text: 'a' }, true],
    [{ at, type: 'text', text: '' }, false],
    [{ at, type: 'reasoning', text: 'a' }, true],
    [{ at, type: 'reasoning', text: '', signature: 's' }, false],
    [{ at, type: 'tool-call-start', ...call }, true],
    [{ at, type: 'tool-call-delta', id: 'c', argumentsText: '{' }, true],
    [{ at, type: 'tool-call-delta', id: 'c', argumentsText: '' }, false],
    [{ at, type: 'tool-call', ...call, arguments: {} }, false],
    [{ at, type: 'file', value: 1 }, true],
    [{ at, type: 'source', value: 1 }, false],
    [{ at, type: 'raw', value: 1 }, false],
    [{ at, type: 'usage', usage: { source: 'provider' } }, false],
    [{ at, type: 'end', finish: 'stop' }, false],
  ]
  for (const [event, expected] of events) expect([event, isToken(event)]).toEqual([event, expected])
})
