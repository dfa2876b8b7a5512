import { isSecretName, REDACTED } from './secrets.ts'

/** Deeper than this nothing is shown. */
const MAX_DEPTH = 32

/** Changes a text on its way into plain data. */
type Change = (text: string) => string

const same: Change = (text) => text

/**
 * Any value as data that JSON can say, of its own: nothing is shared with what was given. Texts pass through `change`, names too;
 * values of fields with the name of a secret are left out. Bytes become their number, errors name, message and code, dates their
 * ISO form; functions and symbols vanish, as do fields that cannot be read.
 *
 * @example
 * plainData({ at: new Date(0), image: new Uint8Array(3), apiKey: 'a' })
 * // → { at: '1970-01-01T00:00:00.000Z', image: '(3 bytes)', apiKey: '[redacted]' }
 */
export const plainData = (value: unknown, change: Change = same): unknown => new Walk(change).of(value)

class Walk {
  readonly #change: Change
  readonly #path = new Set<object>()

  constructor(change: Change) {
    this.#change = change
  }

  of(value: unknown): unknown {
    if (typeof value === 'string') return this.#change(value)
    if (typeof value === 'boolean' || value === null) return value
    if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : String(value)
    if (typeof value === 'bigint') return String(value)
    return typeof value === 'object' ? this.#object(value) : undefined
  }

  #object(value: object): unknown {
    if (this.#path.has(value)) return '(circular)'
    if (this.#path.size >= MAX_DEPTH) return '(too deep)'
    this.#path.add(value)
    try {
      return this.#inside(value)
    } finally {
      this.#path.delete(value)
    }
  }

  #inside(value: object): unknown {
    // not map(), which leaves holes
    if (Array.isArray(value) || value instanceof Set) return Array.from(value, (each) => this.of(each) ?? null)
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `(${value.byteLength} bytes)`
    if (value instanceof Error) return this.#error(value)
    if (value instanceof Map) return this.#fields([...value].map(([key, each]) => [nameOf(key), each]))
    const toJSON = attempt(() => (value as { toJSON?: unknown }).toJSON)
    if (typeof toJSON === 'function') return this.of(attempt(() => toJSON.call(value)))
    const names = attempt(() => Object.keys(value)) ?? []
    return this.#fields(names.map((name) => [name, attempt(() => (value as Record<string, unknown>)[name])]))
  }

  #error(error: Error): unknown {
    const { name, message, code } = error as Error & { code?: unknown }
    return this.#fields([
      ['name', name],
      ['message', message],
      ['code', code],
    ])
  }

  #fields(entries: readonly (readonly [string, unknown])[]): unknown {
    const made: [string, unknown][] = []
    for (const [name, each] of entries) {
      const plain = isSecretName(name) && each !== undefined ? REDACTED : this.of(each)
      if (plain !== undefined) made.push([this.#change(name), plain])
    }
    return Object.fromEntries(made)
  }
}

const nameOf = (key: unknown): string =>
  typeof key === 'function' || (typeof key === 'object' && key !== null) ? `(${typeof key})` : String(key)

/** What foreign code gives; nothing where it throws. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
