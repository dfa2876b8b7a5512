import type { FetchHeaders } from './fetch.ts'

const RATE_LIMIT = /^(?:x-|anthropic-)?ratelimit-(.+)$/

/**
 * The provider's rate-limit headers by name without prefix, absent where there are none.
 *
 * @example
 * rateLimitOf(headers) // → { 'remaining-requests': '59', 'reset-requests': '1s' }
 */
export function rateLimitOf(headers: FetchHeaders): Readonly<Record<string, string>> | undefined {
  const found: Record<string, string> = {}
  headers.forEach((value, name) => {
    const key = RATE_LIMIT.exec(name.toLowerCase())?.[1]
    if (key !== undefined) found[key] = value
  })
  return Object.keys(found).length > 0 ? found : undefined
}
