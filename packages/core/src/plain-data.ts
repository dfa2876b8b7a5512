import { isSecretName, REDACTED } from './secrets.ts'

/** Deeper than this nothing is shown. */
const MAX_DEPTH = 32

/** Changes a text on its way into plain data. */
type Change = (text: string) => string

const same: Change = (text) => text

/** No secret is longer that has no space in it. */
const LONGEST_WORD = 4096
const SPACES: ReadonlySet<string | undefined> = new Set([' ', '\n', '\t', '\r'])

/**
 * The first part of a text that is too long, without the word that the cut goes through: half a secret is not recognised as one.
 *
 * @param maxUnits length in UTF-16 code units.
 */
export function lookedAt(text: string, maxUnits: number): string {
  if (text.length <= maxUnits) return text
  const from = Math.max(0, maxUnits - LONGEST_WORD)
  for (let end = maxUnits; end > from; end--) if (SPACES.has(text[end - 1])) return text.slice(0, end)
  return text.slice(0, from)
}

/**
 * Any value as data that JSON can say, of its own: nothing is shared with what was given. Texts pass through `change`, names too;
 * values of fields with the name of a secret are left out. Bytes become their number, errors name, message and code, dates their
 * ISO form; functions and symbols vanish, as do fields that cannot be read.
 *
 * @example
 * plainData({ at: new Date(0), image: new Uint8Array(3), apiKey: 'a' })
 * // → { at: '1970-01-01T00:00:00.000Z', image: '(3 bytes)', apiKey: '[redacted]' }
 */
export const plainData = (value: unknown, change: Change = same): unknown => new Walk({ change }).of(value)

/** The same, with whole numbers of 13 digits and more passed through `change` too: a card's number need not be a text. */
export const plainContent = (value: unknown, change: Change): unknown => new Walk({ change, numbers: true }).of(value)

/** The first part of a value as plain data, and how much of what was allowed it left over. */
export interface PlainPart {
  readonly data: unknown
  /** 0 or less where something may be missing. */
  readonly leftUnits: number
}

/** The same of no more than the first so many characters of all its texts together: the rest is not even looked at. */
export function plainPart(value: unknown, maxUnits: number): PlainPart {
  const walk = new Walk({ change: same, maxUnits })
  const data = walk.of(value)
  return { data, leftUnits: walk.leftUnits }
}

interface WalkOptions {
  readonly change: Change
  readonly maxUnits?: number
  readonly numbers?: boolean
}

/** The least number of 13 digits. */
const LONG_NUMBER = 1e12

class Walk {
  readonly #change: Change
  readonly #path = new Set<object>()
  readonly #numbers: boolean
  leftUnits: number

  constructor({ change, maxUnits = Number.POSITIVE_INFINITY, numbers = false }: WalkOptions) {
    this.#change = change
    this.#numbers = numbers
    this.leftUnits = maxUnits
  }

  of(value: unknown): unknown {
    // each value costs something, so that a long list of nothing ends too
    const before = this.leftUnits
    this.leftUnits -= typeof value === 'string' ? value.length : 1
    if (typeof value === 'string') return this.#change(lookedAt(value, Math.max(0, before)))
    if (typeof value === 'boolean' || value === null) return value
    if (typeof value === 'number') return this.#number(value)
    if (typeof value === 'bigint') return String(value)
    return typeof value === 'object' ? this.#object(value) : undefined
  }

  #number(value: number): unknown {
    if (!Number.isFinite(value)) return String(value)
    if (!this.#numbers || value < LONG_NUMBER || !Number.isInteger(value)) return value + 0
    const written = String(value)
    const changed = this.#change(written)
    return changed === written ? value : changed
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
    if (Array.isArray(value) || value instanceof Set) return this.#list(value)
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `(${value.byteLength} bytes)`
    if (value instanceof Error) return this.#error(value)
    if (value instanceof Map) return this.#fields([...value].map(([key, each]) => [nameOf(key), each]))
    const toJSON = attempt(() => (value as { toJSON?: unknown }).toJSON)
    if (typeof toJSON === 'function') return this.of(attempt(() => toJSON.call(value)))
    const names = attempt(() => Object.keys(value)) ?? []
    return this.#fields(names.map((name) => [name, attempt(() => (value as Record<string, unknown>)[name])]))
  }

  #list(values: Iterable<unknown>): unknown[] {
    const made: unknown[] = []
    for (const each of values) {
      if (this.leftUnits <= 0) break
      made.push(this.of(each) ?? null)
    }
    return made
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
      if (this.leftUnits <= 0) break
      this.leftUnits -= name.length
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
