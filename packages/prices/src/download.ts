import { type AbortSignal, ProviderError, type ProviderErrorKind } from '@cepa/core'

/** Where `@pydantic/genai-prices` publishes its data. */
export const PUBLISHED_URL = 'https://raw.githubusercontent.com/pydantic/genai-prices/main/prices/new_data/v2/data.json'

/** The part of `fetch` that a download needs. */
export type FetchPrices = (
  url: string,
  init: { readonly signal: AbortSignal },
) => Promise<{
  readonly ok: boolean
  readonly status: number
  readonly headers: { get(name: string): string | null }
  text(): Promise<string>
}>

interface Platform {
  readonly fetch: FetchPrices
  readonly AbortSignal: { timeout(ms: number): AbortSignal }
}

/** What is downloaded, and how. */
export interface Download {
  readonly url: string
  readonly timeoutMs: number
  readonly fetch: FetchPrices | undefined
}

/** Longest answer in characters; the data has about two million. */
const MOST_CHARACTERS = 32_000_000

const failed = (kind: ProviderErrorKind, message: string, cause?: unknown): ProviderError =>
  new ProviderError({ provider: 'prices', kind, message, ...(cause !== undefined && { cause }) })

/** The day of a response, else of now. */
function dayOf(lastModified: string | null): string {
  const at = lastModified === null ? Number.NaN : Date.parse(lastModified)
  return new Date(Number.isNaN(at) ? Date.now() : at).toISOString().slice(0, 10)
}

/**
 * Fetches price data.
 *
 * @throws {ProviderError} with the provider `prices`, when it cannot be had or is no JSON.
 */
export async function download(what: Download): Promise<{ readonly data: unknown; readonly date: string }> {
  const platform = globalThis as unknown as Platform
  const { url, timeoutMs, fetch = platform.fetch } = what
  let body: string
  let date: string
  try {
    const response = await fetch(url, { signal: platform.AbortSignal.timeout(timeoutMs) })
    if (!response.ok) throw failed('server', `${url} answered with status ${response.status}`)
    body = await response.text()
    date = dayOf(response.headers.get('last-modified'))
  } catch (error) {
    throw error instanceof ProviderError ? error : failed('network', `${url} could not be fetched`, error)
  }
  if (body.length > MOST_CHARACTERS)
    throw failed('malformed', `${url} answered with more than ${MOST_CHARACTERS} characters`)
  try {
    return { data: JSON.parse(body), date }
  } catch (error) {
    throw failed('malformed', `${url} answered with something that is no JSON`, error)
  }
}
