import type { ChatRequest } from '@cepa/core'
import type { Settings } from '../settings.ts'

/** The API's newest version. */
const NEWEST = '2026-10-21'

/** The last version that takes `temperature`, `top_p` and `top_k`; later ones refuse them whatever their value. */
const LAST_WITH_SAMPLING = '2023-06-01'

const SAMPLING = ['temperature', 'top_p', 'top_k'] as const

const samples = ({ temperature, topP, topK, providerOptions = {} }: ChatRequest): boolean =>
  temperature !== undefined ||
  topP !== undefined ||
  topK !== undefined ||
  SAMPLING.some((field) => providerOptions[field] !== undefined)

/**
 * The version that a request is sent with; `undefined` where a client decides it.
 *
 * @see https://platform.claude.com/docs/en/api/versioning
 */
export function versionFor(request: ChatRequest, { version, hasClient }: Settings): string | undefined {
  if (version !== undefined || hasClient) return version
  return samples(request) ? LAST_WITH_SAMPLING : NEWEST
}

/** The beta features of a request: the adapter's, and those that the request names as `betas`. */
function betasFor({ providerOptions }: ChatRequest, { beta }: Settings): readonly string[] {
  const { betas } = providerOptions ?? {}
  return [...new Set([...beta, ...(Array.isArray(betas) ? betas.map(String) : [])])]
}

/** The headers that say which API is meant. */
export function apiHeaders(request: ChatRequest, settings: Settings): Readonly<Record<string, string>> {
  const version = versionFor(request, settings)
  const betas = betasFor(request, settings)
  return {
    ...(version !== undefined && { 'anthropic-version': version }),
    ...(betas.length > 0 && { 'anthropic-beta': betas.join(',') }),
  }
}

/** What beside the request decides its answer (rule K1). */
export function identityOf(request: ChatRequest, settings: Settings): string {
  const { name, baseUrl, beta, maxOutputTokens } = settings
  const version = versionFor(request, settings) ?? 'of the client'
  const limit = request.maxOutputTokens === undefined ? [`max_tokens ${maxOutputTokens}`] : []
  return [name, baseUrl, `version ${version}`, ...limit, ...(beta.length > 0 ? [`beta ${beta.join(',')}`] : [])].join(
    ' ',
  )
}
