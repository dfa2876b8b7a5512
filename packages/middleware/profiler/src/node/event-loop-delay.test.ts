import { expect, test } from 'vitest'
import { EventLoopDelayMonitor } from './event-loop-delay.ts'

/** A histogram and a clock that a test moves: the loop looks when it is told to. */
function loop() {
  let nowMs = 0
  let lastMs = 0
  let values: number[] = []
  const histogram = {
    get count() {
      return values.length
    },
    get mean() {
      return values.reduce((sum, value) => sum + value, 0) / values.length
    },
    get max() {
      return Math.max(0, ...values)
    },
    enable: () => true,
    disable: () => true,
    reset: () => void values.splice(0),
  }
  const look = (): void => {
    values = [...values, (nowMs - lastMs) * 1e6]
    lastMs = nowMs
  }
  return {
    monitor: new EventLoopDelayMonitor({ histogram: () => histogram, now: () => nowMs }),
    /** Time passes in which the loop is blocked; it looks afterwards. */
    blocked(ms: number): void {
      nowMs += ms
      look()
    },
    /** The same, and it has not looked yet. */
    stuck(ms: number): void {
      nowMs += ms
    },
    idle(ms: number): void {
      for (let left = ms; left > 0; left -= 10) this.blocked(10)
    },
  }
}

test('an idle loop has no delay', () => {
  const { monitor, ...its } = loop()
  monitor.open()
  its.idle(500)
  expect(monitor.over(500)).toEqual({ meanMs: 0, maxMs: 0 })
})

test('a loop that was blocked is late by as much as the resolution does not explain', () => {
  const { monitor, ...its } = loop()
  monitor.open()
  its.idle(90)
  its.blocked(210)
  expect(monitor.over(300)).toEqual({ meanMs: 20, maxMs: 200 })
})

test('one that is blocked right now is too, though its histogram does not know yet', () => {
  const { monitor, ...its } = loop()
  monitor.open()
  its.idle(90)
  its.stuck(210)
  expect(monitor.over(300)).toEqual({ meanMs: 20, maxMs: 200 })
})

test('what was long before a call is none of it', () => {
  const { monitor, ...its } = loop()
  monitor.open()
  its.blocked(5000)
  its.idle(1000)
  monitor.begin()
  its.idle(100)
  expect(monitor.over(100)).toEqual({ meanMs: 0, maxMs: 0 })
  expect(monitor.over(1200)?.maxMs).toBe(4990)
})

test('a long call has the delay of all its time, in bounded memory', () => {
  const { monitor, ...its } = loop()
  monitor.open()
  its.idle(1000)
  monitor.begin()
  its.blocked(510)
  for (let second = 0; second < 500; second++) {
    its.idle(1000)
    monitor.begin()
  }
  expect(monitor.over(500_600)?.maxMs).toBe(500)
})

test('before it is open, and after it was closed, it tells nothing', () => {
  const { monitor } = loop()
  expect(monitor.over(10)).toBeUndefined()
  monitor.begin()
  monitor.open()
  expect(monitor.over(10)).toEqual({ meanMs: 0, maxMs: 0 })
  monitor.close()
  expect(monitor.over(10)).toBeUndefined()
})
