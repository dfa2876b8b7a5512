/** How a writer treats what JSON leaves open. */
export interface Dialect {
  /** Whether the fields of objects are put in order. */
  readonly sorted: boolean
  /** Whether what has a `toJSON` (dates, addresses) is written as that says. Otherwise it is refused, because it would come back as a string. */
  readonly toJson: boolean
  /** The text for bytes. */
  bytes(value: Uint8Array): string
  /** The name that a field is written under. */
  field?(name: string): string
}

/** Something that cannot be written; `path` says where it stands. */
export class Unwritable extends Error {
  readonly path: string
  readonly what: string
  constructor(path: string, what: string) {
    super(`${path} is ${what}`)
    this.path = path
    this.what = what
  }
}

const WORD = /^\w+$/

/** A field's name with its colon. Most are plain words, which need no look at each character. */
const quoted = (name: string): string => (WORD.test(name) ? `"${name}":` : `${JSON.stringify(name)}:`)

/** Deeper than any request goes; what is deeper refers to itself. */
const MAX_DEPTH = 200

/**
 * Writes a value as JSON in one of many dialects. What JSON would lose without a word (functions, `NaN`, maps, sets) is refused; a
 * field that is `undefined` is left out, an item of a list that is, is `null`: as `JSON.stringify` does, so that what is written is what a
 * provider is sent.
 *
 * @param root the name that paths begin with.
 * @throws {Unwritable}
 */
export function writeJson(value: unknown, dialect: Dialect, root: string): string {
  const writer = new JsonWriter(dialect, root)
  writer.write(value)
  return writer.text
}

/** Appends to one text from left to right: texts made of smaller ones would be put together a second time when they are hashed. */
class JsonWriter {
  text = ''
  readonly #dialect: Dialect
  readonly #root: string
  readonly #path: (string | number)[] = []

  constructor(dialect: Dialect, root: string) {
    this.#dialect = dialect
    this.#root = root
  }

  write(value: unknown): void {
    switch (typeof value) {
      case 'string':
        this.text += JSON.stringify(value)
        return
      case 'number':
        // JSON has one zero: -0 is written as 0
        this.text += Number.isFinite(value) ? JSON.stringify(value) : this.#refuse(String(value))
        return
      case 'boolean':
        this.text += value ? 'true' : 'false'
        return
      case 'object':
        if (value === null) this.text += 'null'
        else this.#writeObject(value)
        return
      default:
        this.#refuse(value === undefined ? 'undefined' : `a ${typeof value}`)
    }
  }

  #writeObject(value: object): void {
    if (this.#path.length > MAX_DEPTH) this.#refuse(`nested deeper than ${MAX_DEPTH} levels, or refers to itself`)
    if (Array.isArray(value)) {
      this.#writeList(value)
      return
    }
    const prototype: unknown = Object.getPrototypeOf(value)
    const plain = prototype === Object.prototype || prototype === null
    if (plain || !this.#writeSpecial(value)) this.#writeFields(value as Readonly<Record<string, unknown>>)
  }

  #writeList(list: readonly unknown[]): void {
    this.text += '['
    for (let index = 0; index < list.length; index++) {
      if (index > 0) this.text += ','
      const item = list[index]
      this.#writeAt(index, item === undefined ? null : item)
    }
    this.text += ']'
  }

  #writeFields(fields: Readonly<Record<string, unknown>>): void {
    const { sorted, field } = this.#dialect
    const names = Object.keys(fields)
    // the default order is by UTF-16 code units, which RFC 8785 asks for
    if (sorted && names.length > 1) names.sort()
    this.text += '{'
    let first = true
    for (const name of names) {
      const value = fields[name]
      if (value === undefined) continue
      if (first) first = false
      else this.text += ','
      this.text += quoted(field ? field(name) : name)
      this.#writeAt(name, value)
    }
    this.text += '}'
  }

  #writeAt(step: string | number, value: unknown): void {
    this.#path.push(step)
    this.write(value)
    this.#path.pop()
  }

  /** Objects of a class: bytes, and what says its own JSON. `false` for what is no more than its fields. */
  #writeSpecial(value: object): boolean {
    const kind = Object.prototype.toString.call(value).slice('[object '.length, -1)
    const { toJSON } = value as { toJSON?: unknown }
    if (kind === 'Uint8Array') this.text += this.#dialect.bytes(value as Uint8Array)
    else if (kind === 'ArrayBuffer') this.text += this.#dialect.bytes(new Uint8Array(value as ArrayBuffer))
    else if (typeof toJSON === 'function' && this.#dialect.toJson) this.#writeSaid(toJSON.call(value))
    else if (kind === 'Object' && typeof toJSON !== 'function') return false
    else this.#refuse(`a ${kind}`)
    return true
  }

  #writeSaid(said: unknown): void {
    // an invalid date says null
    if (said === undefined || said === null) this.#refuse('an object that cannot say itself as JSON')
    this.#writeAt('toJSON()', said)
  }

  #refuse(what: string): never {
    const steps = this.#path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    throw new Unwritable(`${this.#root}${steps.join('')}`, what)
  }
}
