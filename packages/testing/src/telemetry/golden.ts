import type { CallRecord } from '@cepa/core'

/** What names something by chance: replaced by its number, in the order in which it is met. */
const ID = /^(?:[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}|[\da-f]{32}|[\da-f]{16})$/

/** Fields whose value is an id that a library made. */
const ID_FIELDS: ReadonlySet<string> = new Set(['id', 'requestId', 'parentId', 'traceId', 'spanId', 'parentSpanId'])

class Goldsmith {
  readonly #names = new Map<string, string>()

  value(value: unknown, field = ''): unknown {
    if (typeof value === 'string') return ID_FIELDS.has(field) || ID.test(value) ? this.#named(value, field) : value
    if (Array.isArray(value)) return value.map((each) => this.value(each))
    if (typeof value !== 'object' || value === null) return field === 'startedAtMs' ? 0 : value
    return Object.fromEntries(
      Object.keys(value)
        .sort()
        .map((name) => [name, this.value((value as Record<string, unknown>)[name], name)]),
    )
  }

  #named(id: string, field: string): string {
    const known = this.#names.get(id)
    if (known !== undefined) return known
    const kind = field.toLowerCase().includes('span') ? 'span' : field.startsWith('trace') ? 'trace' : 'id'
    const name = `(${kind} ${this.#names.size + 1})`
    this.#names.set(id, name)
    return name
  }
}

/**
 * Records that can be compared with a file: ids are numbered in the order in which they are met, the wall clock is 0, fields are in
 * the order of their names. Times are those of the clock: a virtual one makes them the same in every run.
 *
 * @example
 * expect(goldenRecords(exporter.records)).toMatchSnapshot()
 */
export function goldenRecords(records: readonly CallRecord[]): readonly unknown[] {
  const smith = new Goldsmith()
  return records.map((record) => smith.value(record))
}
