import { type AnyMiddleware, middleware, pipeline, stack, timingFact } from '@cepa/core'
import { collect, fakeProvider, memoryExporter, virtualClock } from '@cepa/testing'
import { describe, expect, test } from 'vitest'
import { telemetry } from './index.ts'
import { timeIsMeasured } from './stack-place.ts'

const clockwork = middleware({
  name: 'clockwork',
  gives: [timingFact],
  end: (call) => call.give(timingFact, { totalMs: 7, firstTokenMs: 3, providerMs: 7, consumerMs: 0 }),
})
const watching = middleware({ name: 'watching', event: () => undefined })
const controlling = middleware({ name: 'controlling', handle: (call, next) => next(call) })

describe('the time of a call is measured once', () => {
  const stacks: readonly (readonly [string, readonly AnyMiddleware[], boolean])[] = [
    ['by nobody else', [watching, controlling], false],
    ['by a layer just inside', [clockwork], true],
    ['by a layer behind others that watch', [watching, clockwork, controlling], true],
    ['not by one that a controlling layer may leave out', [controlling, clockwork], false],
  ]
  test.each(stacks)('%s', async (_, inside, measured) => {
    expect(timeIsMeasured(inside)).toBe(measured)
    const clock = virtualClock()
    const exporter = memoryExporter()
    const watch = telemetry({ exporters: [exporter], clock })
    const layers = [watch, ...inside] as never
    await clock.runUntil(
      collect(
        pipeline({ adapter: fakeProvider({ everyMs: 10, text: 'a b' }), layers, clock })({ model: 'm', messages: [] }),
      ),
    )
    await clock.runUntil(watch.flush())
    expect(exporter.last.durations.firstTokenMs).toBe(measured ? 3 : 10)
  })

  test('and by itself as soon as one of its stacks has nobody who does', async () => {
    const clock = virtualClock()
    const exporter = memoryExporter()
    const watch = telemetry({ exporters: [exporter], clock })
    const adapter = fakeProvider({ everyMs: 10, text: 'a b' })
    const measuring = pipeline({ adapter, layers: stack(watch, clockwork), clock })
    pipeline({ adapter, layers: stack(watch), clock })
    await clock.runUntil(collect(measuring({ model: 'm', messages: [] })))
    await clock.runUntil(watch.flush())
    expect(exporter.last.durations.firstTokenMs).toBe(10)
  })
})
