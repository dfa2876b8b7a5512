import type { CacheEntry, CacheStore } from '@cepa/core'
import { difference } from './report.ts'

/** What a check has to work with. */
export interface StoreBench {
  readonly store: CacheStore
  /** A key of this check's own. */
  readonly key: (suffix: string) => string
  readonly advance: (ms: number) => Promise<void>
  /** Whether time stands still but for `advance`. */
  readonly exactTime: boolean
  /** How long entries live in checks of age, in milliseconds. */
  readonly ttlMs: number
  readonly maxBytes: number | undefined
}

/** One check: gives what is wrong, or nothing. */
export interface StoreCheck {
  readonly rule: string
  readonly what: string
  readonly run: (bench: StoreBench) => Promise<string | undefined>
}

const DAY = { ttlMs: 86_400_000 }
const encoder = new TextEncoder()
const entryOf = (text: string, storedAt = 1_760_000_000_000): CacheEntry => ({
  value: encoder.encode(text),
  storedAt,
  metadata: { format: 1, durationMs: 12.5, kept: true, model: `model of ${text.slice(0, 20)}` },
})

const plain = (entry: CacheEntry | undefined): unknown =>
  entry && { ...entry, value: Array.from(entry.value), metadata: Object.entries(entry.metadata).sort() }

/** What differs between an entry that was kept and what a store gives. */
async function differs(store: CacheStore, key: string, expected: CacheEntry | undefined): Promise<string | undefined> {
  const got = await store.get(key)
  if (got !== undefined && !((got as Partial<CacheEntry> | null)?.value instanceof Uint8Array))
    return `under ${key} it gave something that is no entry: ${typeof got === 'object' ? 'no bytes in value' : typeof got}`
  return difference(plain(expected), plain(got))
}

const bytesOf = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => (index * 31 + (index >> 8)) % 256)

const s1: StoreCheck = {
  rule: 'S1',
  what: 'there is nothing under a key that was never set',
  run: async ({ store, key }) => {
    const got: unknown = await store.get(key('never'))
    return got === undefined ? undefined : `it gave ${got === null ? 'null' : typeof got}, not undefined`
  },
}

const s2: StoreCheck = {
  rule: 'S2',
  what: 'what was kept comes back as it was, as often as it is asked for',
  run: async ({ store, key }) => {
    const entry = entryOf('an answer ✓ with 漢字')
    const before = JSON.stringify(plain(entry))
    await store.set(key('a'), entry, DAY)
    if (JSON.stringify(plain(entry)) !== before) return 'it changed the entry that it was handed'
    return (await differs(store, key('a'), entry)) ?? (await differs(store, key('a'), entryOf('an answer ✓ with 漢字')))
  },
}

const s3: StoreCheck = {
  rule: 'S3',
  what: 'bytes of every value, none, and 8 KiB of them come back',
  run: async ({ store, key }) => {
    for (const length of [0, 256, 8192]) {
      const entry = { ...entryOf('bytes'), value: bytesOf(length) }
      await store.set(key(`bytes-${length}`), entry, DAY)
      const detail = await differs(store, key(`bytes-${length}`), entry)
      if (detail) return `${length} bytes: ${detail}`
    }
    return undefined
  },
}

const s4: StoreCheck = {
  rule: 'S4',
  what: 'keys are exact: one that begins with another, and long ones, are keys like others',
  run: async ({ store, key }) => {
    const long = 'f'.repeat(180)
    const suffixes = ['a', 'a:b', 'a:b-c', 'a_b', 'a-b', long, `${long}0`, '0', '00']
    for (const suffix of suffixes) await store.set(key(suffix), entryOf(suffix), DAY)
    for (const suffix of suffixes) {
      const detail = await differs(store, key(suffix), entryOf(suffix))
      if (detail) return `key ${suffix.slice(0, 20)}: ${detail}`
    }
    return differs(store, key('a:'), undefined)
  },
}

const s5: StoreCheck = {
  rule: 'S5',
  what: 'set replaces the whole entry',
  run: async ({ store, key }) => {
    await store.set(key('a'), entryOf('the first one, which is longer', 1), DAY)
    const second: CacheEntry = { value: encoder.encode('second'), storedAt: 2, metadata: { format: 2 } }
    await store.set(key('a'), second, DAY)
    return differs(store, key('a'), second)
  },
}

const s6: StoreCheck = {
  rule: 'S6',
  what: 'delete drops one entry, and says nothing of one that is not there',
  run: async ({ store, key }) => {
    await store.delete(key('never'))
    await store.set(key('a'), entryOf('a'), DAY)
    await store.set(key('b'), entryOf('b'), DAY)
    await store.delete(key('a'))
    const left = (await differs(store, key('a'), undefined)) ?? (await differs(store, key('b'), entryOf('b')))
    if (left) return left
    await store.set(key('a'), entryOf('again'), DAY)
    return differs(store, key('a'), entryOf('again'))
  },
}

const s7: StoreCheck = {
  rule: 'S7',
  what: 'an entry is given until it is ttlMs old, by when it was last set',
  run: async ({ store, key, advance, ttlMs, exactTime }) => {
    await store.set(key('short'), entryOf('short'), { ttlMs })
    await store.set(key('renewed'), entryOf('renewed'), { ttlMs })
    await store.set(key('renewed'), entryOf('renewed'), DAY)
    const early = await differs(store, key('short'), entryOf('short'))
    if (early) return `at once: ${early}`
    if (exactTime) {
      await advance(ttlMs - 10)
      const detail = await differs(store, key('short'), entryOf('short'))
      if (detail) return `10 ms before its time: ${detail}`
      await advance(20)
    } else await advance(ttlMs + 100)
    const late = await differs(store, key('short'), undefined)
    if (late) return `after its time: ${late}`
    const renewed = await differs(store, key('renewed'), entryOf('renewed'))
    return renewed && `the age of an entry that was set again: ${renewed}`
  },
}

const s8: StoreCheck = {
  rule: 'S8',
  what: 'entries are whole: of many sets at once each is one or the other, and none is lost to another key',
  run: async ({ store, key }) => {
    const versions = ['a', 'b', 'c'].map((letter, index) => entryOf(letter.repeat(50 * (index + 1)), index))
    const suffixes = Array.from({ length: 20 }, (_, index) => `c${index}`)
    const sets = versions.flatMap((entry) => suffixes.map((suffix) => ({ entry, suffix })))
    await Promise.all(sets.map(async ({ entry, suffix }) => store.set(key(suffix), entry, DAY)))
    for (const suffix of suffixes) {
      const details = await Promise.all(versions.map((entry) => differs(store, key(suffix), entry)))
      if (details.every((detail) => detail !== undefined))
        return `it gave none of the three that were set: ${details[0]}`
    }
    return undefined
  },
}

const s9: StoreCheck = {
  rule: 'S9',
  what: 'stats, where there are any, are counts that follow what is kept',
  run: async ({ store, key }) => {
    if (!store.stats) return undefined
    await store.delete(key('a'))
    const before = store.stats()
    await store.set(key('a'), entryOf('a'.repeat(1000)), DAY)
    const after = store.stats()
    const wrong = Object.entries(after).find(([, count]) => !Number.isFinite(count) || (count as number) < 0)
    if (wrong) return `${wrong[0]} is ${String(wrong[1])}`
    const grown = (after.bytes ?? 1000) - (after.bytes === undefined ? 0 : (before.bytes ?? 0))
    if (grown < 1000) return `bytes grew by ${grown} for an entry of 1,000`
    const more = (after.entries ?? 1) - (after.entries === undefined ? 0 : (before.entries ?? 0))
    return more === 1 ? undefined : `entries grew by ${more} for one entry`
  },
}

const s10: StoreCheck = {
  rule: 'S10',
  what: 'the bound holds, what is newest stays, and what went is counted',
  run: async ({ store, key, maxBytes }) => {
    if (maxBytes === undefined) return undefined
    const size = 2000
    const count = Math.ceil((3 * maxBytes) / size)
    for (let index = 0; index < count; index++) {
      await store.set(key(`e${index}`), entryOf(String(index).padEnd(size, '.')), DAY)
      const { bytes = 0 } = store.stats?.() ?? {}
      if (bytes > maxBytes) return `it holds ${bytes} bytes; its bound is ${maxBytes}`
    }
    let held = 0
    for (let index = 0; index < count; index++) held += (await store.get(key(`e${index}`)))?.value.byteLength ?? 0
    if (held > maxBytes) return `it gives ${held} bytes back; its bound is ${maxBytes}`
    const newest = await differs(store, key(`e${count - 1}`), entryOf(String(count - 1).padEnd(size, '.')))
    if (newest) return `the newest entry is gone: ${newest}`
    const { evictions } = store.stats?.() ?? {}
    return evictions === 0 ? 'evictions is 0 although entries went' : undefined
  },
}

/** Everything that a store is held to. */
export const CACHE_STORE_CHECKS: readonly StoreCheck[] = [s1, s2, s3, s4, s5, s6, s7, s8, s9, s10]
