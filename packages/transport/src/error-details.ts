/** What a provider's error body says, in whatever shape it is. */
export interface ErrorDetails {
  readonly message?: string
  /** The provider's code, and its type where that is another. */
  readonly codes: readonly string[]
  /** A status in the body, for errors that come within a stream. */
  readonly status?: number
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Reads the error of a body: `{ error: { message, type, code, status } }`, `{ error: 'text' }`, `{ type: 'error', error }`,
 * `{ message }`, `{ detail }`, or a list of one of these.
 *
 * @example
 * errorDetailsOf({ error: { message: 'No such model', code: 'model_not_found' } }).codes // → ['model_not_found']
 */
export function errorDetailsOf(body: unknown): ErrorDetails {
  const outer = Array.isArray(body) && isObject(body[0]) ? body[0] : body
  if (typeof outer === 'string') return { message: outer, codes: [] }
  if (!isObject(outer)) return { codes: [] }
  const inner = isObject(outer.error) ? outer.error : isObject(outer.errors) ? outer.errors : outer
  const message = messageOf(inner) ?? messageOf(outer)
  const status = statusIn(inner.code) ?? statusIn(inner.status) ?? statusIn(inner.status_code)
  return {
    codes: codesOf(inner),
    ...(message !== undefined && { message }),
    ...(status !== undefined && { status }),
  }
}

/** The bodies name their message thus; a value that is no text is shown as JSON. */
const MESSAGE_FIELDS = ['message', 'error', 'detail', 'msg', 'error_description', 'title'] as const

function messageOf(source: Readonly<Record<string, unknown>>): string | undefined {
  for (const field of MESSAGE_FIELDS) {
    const value = source[field]
    if (typeof value === 'string' && value !== '') return value
    if (field !== 'error' && typeof value === 'object' && value !== null) return JSON.stringify(value)
  }
  return undefined
}

/** The bodies name their codes thus; Gemini hides the telling one in `details[].reason`, Anthropic in `details.error_code`. */
function codesOf(source: Readonly<Record<string, unknown>>): string[] {
  const details = Array.isArray(source.details)
    ? source.details.map((each) => (isObject(each) ? each.reason : undefined))
    : isObject(source.details)
      ? [source.details.error_code]
      : []
  const inner = isObject(source.innererror) ? source.innererror.code : undefined
  const found = [source.code, inner, ...details, source.type, source.status]
  const words = found.filter(
    (value): value is string => typeof value === 'string' && value !== '' && !/^\d+$/.test(value),
  )
  return [...new Set(words)]
}

const statusIn = (value: unknown): number | undefined => {
  const number = typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isInteger(number) && number >= 400 && number < 600 ? number : undefined
}
