import type { CacheStore } from '@cepa/core'
import { CACHE_STORE_CHECKS, type StoreBench } from './cache-store-checks.ts'
import { Checklist, KitError, type KitReport, shown } from './report.ts'

/** What {@link testCacheStore} takes. */
export interface CacheStoreKitOptions {
  /** Makes a store that is empty, or that holds nothing under keys that begin with `kit-`. Called once for each check; the kit closes it. */
  readonly make: () => CacheStore | Promise<CacheStore>
  /** Lets the store's time pass, in milliseconds. Default: waits that long. Give it where the store takes a clock. */
  readonly advance?: (ms: number) => void | Promise<void>
  /** The bound that `make` gives the store, in bytes, where it has one. At least 20,000. */
  readonly maxBytes?: number
}

/** As long as entries live in the checks of age where the kit waits for it, in milliseconds. */
const SHORT_TTL_MS = 200

const wait = (ms: number): Promise<void> => {
  const { setTimeout } = globalThis as unknown as { setTimeout(run: () => void, delayMs: number): unknown }
  return new Promise((resolve) => void setTimeout(resolve, ms))
}

/**
 * Holds a store to its contract and reports each check. {@link testCacheStore} is the same with an error at the end.
 */
export async function checkCacheStore(options: CacheStoreKitOptions): Promise<KitReport> {
  const checks = new Checklist()
  const { advance = wait, maxBytes } = options
  let name = 'store'
  for (const [index, { rule, what, run }] of CACHE_STORE_CHECKS.entries()) {
    const store = await options.make()
    name = store.name
    const bench: StoreBench = {
      store,
      key: (suffix) => `kit-${index}-${suffix}`,
      advance: async (ms) => advance(ms),
      exactTime: options.advance !== undefined,
      ttlMs: SHORT_TTL_MS,
      maxBytes,
    }
    checks.add(rule, what, await detailOf(() => run(bench)))
    checks.add('S9', `${what}: close() releases the store`, await detailOf(async () => store.close?.()))
  }
  return checks.report(name)
}

async function detailOf(run: () => Promise<unknown>): Promise<string | undefined> {
  try {
    const detail = await run()
    return typeof detail === 'string' ? detail : undefined
  } catch (error) {
    return `it threw ${shown(error)}`
  }
}

/**
 * Holds a `CacheStore` to its contract: S1 unknown keys, S2 what is kept comes back, S3 any bytes, S4 keys are exact, S5 `set` replaces, S6
 * `delete`, S7 age, S8 entries are whole, S9 closing and stats, S10 bounds. Works in every test runner.
 *
 * @throws {KitError} with every broken rule and what was seen.
 *
 * @example
 * test('keeps the contract', () => testCacheStore({ make: () => memoryStore() }))
 */
export async function testCacheStore(options: CacheStoreKitOptions): Promise<KitReport> {
  const report = await checkCacheStore(options)
  if (report.broken.length > 0) throw new KitError(report)
  return report
}
