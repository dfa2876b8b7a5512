import {
  anyOf,
  type CacheStore,
  type Call,
  checkOptions,
  dataOf,
  func,
  having,
  integer,
  Named,
  number,
  OptionError,
  type OptionRules,
  oneOf,
  text,
} from '@cepa/core'
import { DEFAULT_MAX_BYTES, memoryStore } from './memory-store.ts'

/**
 * What a cache does for a call. `read-through`: gives the stored answer, or asks the provider and stores what it says. `record-only`:
 * asks the provider, and stores the answer if there is none yet. `refresh`: asks the provider, and stores the answer in place of the old
 * one. `only-if-cached`: gives the stored answer, or fails with a `CacheMissError`. `bypass`: the cache is not there.
 */
export type CacheMode = 'read-through' | 'record-only' | 'refresh' | 'only-if-cached' | 'bypass'

/** Whose answers a call may be given: calls of one scope share theirs, no others do. */
export type CacheScope = 'shared' | ((call: Call) => string)

/** What may be said for one call: `layers: { cache: { mode: 'bypass' } }`. */
export interface CacheCallOptions {
  /** Default `read-through`. */
  readonly mode?: CacheMode
  /** How old an answer may be to be given, and how long a new one is kept, in milliseconds. Default 3,600,000 (one hour). */
  readonly ttlMs?: number
  /** The scope of this call, in place of what the layer's `scope` says. */
  readonly scope?: string
}

/** What `cache()` takes. `scope` and `store` may be functions or objects, the rest is data. */
export interface CacheOptions<TName extends string = string> extends Omit<CacheCallOptions, 'scope'> {
  /** Who shares answers: a function that gives the call's tenant, user or the like, or `'shared'` for everybody, said on purpose. No default. */
  readonly scope: CacheScope
  /** Where answers are kept. Default: a store of its own in memory, of `maxBytes`. */
  readonly store?: CacheStore
  /** Most bytes of the store in memory. Default 67,108,864 (64 MiB). Not with a `store` of your own, which has bounds of its own. */
  readonly maxBytes?: number
  /** Most bytes of one answer as it is stored; a larger one is not. Default 1,048,576 (1 MiB), or `maxBytes` if that is less. */
  readonly maxEntryBytes?: number
  /** How long a call waits for the store, in milliseconds; then it goes on as if nothing was stored. Default 50. */
  readonly storeTimeoutMs?: number
  /** `instant`: stored events come as fast as they are read. `recorded`: at the pace at which they first came. Default `instant`. */
  readonly replay?: 'instant' | 'recorded'
  /** Makes the keys a keyed hash (HMAC-SHA-256), so that nobody without the secret can test a guess at a prompt. 16 characters or more. */
  readonly promptSecret?: string
  /** The layer's name, for a second cache in one stack. Default `cache`. */
  readonly name?: TName
}

const MODES = ['read-through', 'record-only', 'refresh', 'only-if-cached', 'bypass'] as const

/** Rules of the options for one call. */
export const CALL_RULES: OptionRules<CacheCallOptions> = {
  mode: oneOf(MODES),
  ttlMs: integer({ min: 1 }),
  scope: text(),
}

const RULES = {
  scope: anyOf(oneOf(['shared']), func<(call: Call) => string>()),
  mode: oneOf(MODES, { default: 'read-through' }),
  ttlMs: integer({ min: 1, default: 3_600_000 }),
  store: having<CacheStore>('get', 'set', 'delete'),
  maxBytes: integer({ min: 1_000 }),
  maxEntryBytes: integer({ min: 100 }),
  storeTimeoutMs: number({ min: 0, default: 50 }),
  replay: oneOf(['instant', 'recorded'], { default: 'instant' }),
  promptSecret: text({ secret: true, pattern: /^.{16,}$/s, expects: 'a string of at least 16 characters' }),
  name: text({ default: 'cache' }),
} satisfies OptionRules<CacheOptions>

const SCOPE_REMEDY =
  "say who shares answers: a function such as (call) => call.attributes.tenant, or scope: 'shared' if everybody may be given everybody's answers"
const STORE_REMEDY = 'leave it out: a store that you give has bounds of its own, as in memoryStore({ maxBytes })'

/** Checked options with the store that they make. */
export interface CacheSettings extends Readonly<Record<'ttlMs' | 'maxEntryBytes' | 'storeTimeoutMs', number>> {
  readonly name: string
  readonly scope: CacheScope
  readonly mode: CacheMode
  readonly store: CacheStore
  readonly replay: 'instant' | 'recorded'
  readonly promptSecret?: string | undefined
  /** The effective options, for `explain()`. */
  readonly data: Readonly<Record<string, unknown>>
}

const DEFAULT_MAX_ENTRY_BYTES = 1_048_576

/** @throws {OptionError} naming the option that is missing or cannot be right. */
export function checkCacheOptions(given: CacheOptions): CacheSettings {
  const owner = given?.name ?? 'cache'
  const checked = checkOptions<CacheOptions, typeof RULES>(owner, RULES, given)
  const { scope, store: own } = checked
  const wrong = (field: keyof CacheOptions, value: string, remedy: string): never => {
    throw new OptionError({ owner, field, value, remedy })
  }
  if (scope === undefined) wrong('scope', 'not stated', SCOPE_REMEDY)
  if (own && checked.maxBytes !== undefined) wrong('maxBytes', String(checked.maxBytes), STORE_REMEDY)
  const { maxBytes = DEFAULT_MAX_BYTES } = checked
  const most = own ? Number.POSITIVE_INFINITY : maxBytes
  const { maxEntryBytes = Math.min(DEFAULT_MAX_ENTRY_BYTES, most) } = checked
  if (maxEntryBytes > most)
    wrong('maxEntryBytes', String(maxEntryBytes), `it must be at most maxBytes, which is ${most}`)
  const store = own ?? memoryStore({ maxBytes })
  const { name: _name, ...effective } = dataOf(RULES, { ...checked, maxEntryBytes })
  const data = {
    ...effective,
    scope: scope === 'shared' ? scope : new Named('(function)'),
    store: new Named(store.name),
    ...(!own && { maxBytes }),
  }
  return { ...checked, store, maxEntryBytes, data }
}
