import { virtualClock } from '@cepa/testing'
import { expect, test } from 'vitest'
import { Intake } from './intake.ts'

test('work waits for a later task, in order, no more than so much in one', async () => {
  const clock = virtualClock()
  let tasks = 0
  const counting = {
    ...clock,
    setTimer: (delayMs: number, run: () => void) =>
      clock.setTimer(delayMs, () => {
        tasks += 1
        run()
      }),
  }
  const handled: number[] = []
  const perTask: number[] = []
  const intake = new Intake<number>(counting, (entry) => {
    handled.push(entry)
    perTask[tasks] = (perTask[tasks] ?? 0) + 1
  })
  for (let entry = 0; entry < 1000; entry++) intake.add(entry)
  expect(handled).toEqual([])
  await clock.advance(100)
  expect(handled).toEqual(Array.from({ length: 1000 }, (_, entry) => entry))
  expect(tasks).toBe(Math.ceil(1000 / 128))
  expect(Math.max(...perTask.filter((count) => count !== undefined))).toBe(128)
})

test('what is drained is handled at once, and only once', async () => {
  const clock = virtualClock()
  const handled: number[] = []
  const intake = new Intake<number>(clock, (entry) => void handled.push(entry))
  intake.add(1)
  intake.add(2)
  intake.drain()
  expect(handled).toEqual([1, 2])
  await clock.advance(10)
  expect(handled).toEqual([1, 2])
})

test('there is room for a burst; what goes beyond has the oldest handled at once, and nothing is let go', () => {
  const handled: number[] = []
  const intake = new Intake<number>(virtualClock(), (entry) => void handled.push(entry))
  for (let entry = 0; entry < 20_000; entry++) intake.add(entry)
  expect(handled).toHaveLength(20_000 - 16_384)
  intake.drain()
  expect(handled).toEqual(Array.from({ length: 20_000 }, (_, entry) => entry))
})

test('what is handed in while something is handled is handled after it', async () => {
  const clock = virtualClock()
  const handled: number[] = []
  const intake: Intake<number> = new Intake(clock, (entry) => {
    handled.push(entry)
    if (entry < 3) intake.add(entry + 10)
    if (entry === 1) intake.drain()
  })
  for (let entry = 0; entry < 4; entry++) intake.add(entry)
  await clock.advance(5)
  expect(handled).toEqual([0, 1, 2, 3, 10, 11, 12])
})
