import type { ClosableFetch, Fetch } from './fetch.ts'

/**
 * The fetch of adapters that are given none: outside Node the platform's own, asked for at each request so that what replaces it
 * later is used.
 *
 * @see https://bun.sh/reference/globals/BunFetchRequestInit/timeout
 */
export function createDefaultFetch(): ClosableFetch {
  const own = globalThis as unknown as { fetch: Fetch; Bun?: object }
  // Bun ends what is idle for five minutes, unless its own member of the init says otherwise
  const unlimited = own.Bun ? { timeout: false } : {}
  const platformFetch: Fetch = (url, init) => own.fetch(url, { ...init, ...unlimited })
  return Object.assign(platformFetch, { close: async () => undefined })
}
