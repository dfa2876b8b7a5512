import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { OptionError } from '@cepa/core'
import { testCacheStore, virtualClock } from '@cepa/testing'
import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { memoryStore } from './memory-store.ts'

const entryOf = (bytes: number, storedAt = 0) => ({ value: new Uint8Array(bytes), storedAt, metadata: { format: 1 } })
const DAY = { ttlMs: 86_400_000 }

test('keeps the contract of stores', async () => {
  const clock = virtualClock()
  await testCacheStore({
    make: () => memoryStore({ maxBytes: 40_000, clock }),
    advance: (ms) => clock.advance(ms),
    maxBytes: 40_000,
  })
})

test('the bound holds whatever is done', () => {
  const act = fc.tuple(fc.constantFrom('set', 'get', 'delete'), fc.integer({ min: 0, max: 30 }), fc.nat(3000))
  fc.assert(
    fc.property(fc.array(act, { maxLength: 200 }), (acts) => {
      const store = memoryStore({ maxBytes: 10_000 })
      const kept = new Map<string, number>()
      for (const [what, index, bytes] of acts) {
        const key = String(index)
        if (what === 'delete') store.delete(key)
        if (what === 'set') {
          store.set(key, entryOf(bytes), DAY)
          kept.set(key, bytes)
        }
        if (what === 'get') expect([undefined, kept.get(key)]).toContain(store.get(key)?.value.byteLength)
        expect(store.stats().bytes).toBeLessThanOrEqual(10_000)
      }
    }),
  )
})

test('what was not read for longest goes first', () => {
  const store = memoryStore({ maxBytes: 6000 })
  for (const key of ['a', 'b', 'c']) store.set(key, entryOf(1000), DAY)
  store.get('a')
  store.set('d', entryOf(1000), DAY)
  expect(['a', 'b', 'c', 'd'].filter((key) => store.get(key))).toEqual(['a', 'c', 'd'])
  expect(store.stats()).toEqual({ entries: 3, bytes: 3 * 1701, evictions: 1 })
})

test('an entry larger than the store is not kept, and takes nothing away', () => {
  const store = memoryStore({ maxBytes: 6000 })
  store.set('a', entryOf(1000), DAY)
  store.set('b', entryOf(7000), DAY)
  expect([store.get('a')?.value.byteLength, store.get('b')]).toEqual([1000, undefined])
})

test('no timer runs, and age is by the clock that it was given', async () => {
  const setTimer = vi.spyOn(globalThis, 'setTimeout')
  const clock = virtualClock()
  const store = memoryStore({ clock })
  store.set('a', entryOf(1), { ttlMs: 100 })
  store.get('a')
  expect(clock.pending).toEqual([])
  expect(setTimer).not.toHaveBeenCalled()
  setTimer.mockRestore()
  await clock.advance(101)
  expect(store.get('a')).toBeUndefined()
  expect(store.stats()).toMatchObject({ entries: 0, evictions: 0 })
})

test('clear and close drop everything', () => {
  for (const drop of ['clear', 'close'] as const) {
    const store = memoryStore()
    store.set('a', entryOf(1), DAY)
    store[drop]?.()
    expect(store.stats()).toMatchObject({ entries: 0, bytes: 0 })
  }
})

test('options that cannot be right are refused', () => {
  expect(() => memoryStore({ maxBytes: 10 })).toThrow(OptionError)
  expect(() => memoryStore({ maxBytes: 10 })).toThrow('memoryStore: option maxBytes is 10')
  expect(() => memoryStore({ clock: {} as never })).toThrow('an object with now(), epochMs(), setTimer()')
})

test('what it takes is what it says: small entries too, and what is dropped is let go', () => {
  setFlagsFromString('--expose-gc')
  const collectGarbage = runInNewContext('gc') as () => void
  const used = (): number => {
    // bytes outside the heap are let go in the collection after the one that found them unused
    for (let round = 0; round < 3; round++) collectGarbage()
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    return heapUsed + arrayBuffers
  }
  const keyOf = (index: number): string => index.toString(16).padStart(64, '0')
  const fill = (store: ReturnType<typeof memoryStore>, count: number): void => {
    for (let index = 0; index < count; index++) {
      const value = new TextEncoder().encode(`answer ${index} `.padEnd(200, '.'))
      store.set(
        keyOf(index),
        { value, storedAt: index, metadata: { format: 1, durationMs: index / 3, costUsd: 0.1 } },
        DAY,
      )
    }
  }
  fill(memoryStore({ maxBytes: 100_000 }), 1000)
  const before = used()
  const store = memoryStore({ maxBytes: 8_000_000 })
  fill(store, 60_000)
  const { bytes, evictions } = store.stats()
  expect(evictions).toBeGreaterThan(40_000)
  expect(bytes).toBeGreaterThan(7_900_000)
  expect(used() - before).toBeLessThan(1.25 * bytes)
})
