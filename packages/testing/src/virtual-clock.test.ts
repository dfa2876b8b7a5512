import { expect, test } from 'vitest'
import { virtualClock } from './virtual-clock.ts'

test('fires what falls due, in order, each at its own time', async () => {
  const clock = virtualClock()
  const fired: string[] = []
  const log = (name: string) => () => void fired.push(`${name} ${clock.now()}`)
  clock.setTimer(20, log('late'))
  clock.setTimer(10, log('early'))
  clock.setTimer(10, log('early too'))
  clock.setTimer(31, log('not yet'))
  await clock.advance(30)
  expect(fired).toEqual(['early 10', 'early too 10', 'late 20'])
  expect(clock.now()).toBe(30)
  expect(clock.pending).toEqual([{ dueAt: 31, delayMs: 31, background: false }])
})

test('lets promises settle between timers, so that a chain of waits runs through', async () => {
  const clock = virtualClock()
  const wait = (ms: number): Promise<void> => new Promise((resolve) => void clock.setTimer(ms, resolve))
  const seen: number[] = []
  const walk = async (): Promise<void> => {
    for (let step = 0; step < 3; step++) {
      await wait(10)
      for (let hops = 0; hops < 50; hops++) await Promise.resolve()
      seen.push(clock.now())
    }
  }
  void walk()
  await clock.advance(100)
  expect(seen).toEqual([10, 20, 30])
})

test('a cancelled timer neither fires nor stays', async () => {
  const clock = virtualClock()
  const cancel = clock.setTimer(5, () => expect.unreachable())
  cancel()
  cancel()
  expect(clock.pending).toEqual([])
  await clock.advance(10)
})

test('wall time goes with it', async () => {
  const clock = virtualClock({ startMs: 1000, epochMs: 5_000_000 })
  await clock.advance(250)
  expect([clock.now(), clock.epochMs()]).toEqual([1250, 5_000_250])
})

test('runAll stops where only background timers are left', async () => {
  const clock = virtualClock()
  const fired: string[] = []
  clock.setTimer(60_000, () => void fired.push('background'), { background: true })
  clock.setTimer(10, () => clock.setTimer(10, () => void fired.push('chained')))
  await clock.runAll()
  expect(fired).toEqual(['chained'])
  expect(clock.now()).toBe(20)
  expect(clock.pending).toMatchObject([{ background: true }])
})

test('runAll says so when a timer sets itself again for ever', async () => {
  const clock = virtualClock()
  const again = (): void => void clock.setTimer(1, again)
  again()
  await expect(clock.runAll()).rejects.toThrow('100000 timers fired')
})

test('runUntil settles as the promise does, and tells a deadlock', async () => {
  const clock = virtualClock()
  const after = (ms: number) => new Promise<string>((resolve) => void clock.setTimer(ms, () => resolve('done')))
  expect(await clock.runUntil(after(500))).toBe('done')
  expect(clock.now()).toBe(500)
  await expect(clock.runUntil(Promise.reject(new Error('no')))).rejects.toThrow('no')
  await expect(clock.runUntil(new Promise(() => undefined))).rejects.toThrow('no timer is left')
})
