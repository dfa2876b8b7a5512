import type { AnyFactKey } from './fact.ts'

/** Facts of a call, one field for each that its stack knows, always in the same order so that reading one is a field access. */
export type Frame = Record<string, unknown>

/** The shape of a stack's frames. */
export class FrameShape {
  readonly #empty: Frame = {}
  readonly #out: readonly string[]
  readonly #headers: readonly { readonly name: string; readonly header: string }[]

  constructor(keys: readonly AnyFactKey[]) {
    for (const key of keys) this.#empty[key.name] = undefined
    this.#out = [...new Set(keys.filter((key) => key.direction === 'out').map((key) => key.name))]
    const headers = new Map(keys.flatMap((key) => (key.header ? [[key.name, key.header] as const] : [])))
    this.#headers = [...headers].map(([name, header]) => ({ name, header }))
  }

  /** A frame of its own for a call; a nested one starts with what its outer frame knows of the same facts. */
  open(outer?: Frame): Frame {
    const frame = { ...this.#empty }
    if (outer === undefined) return frame
    for (const name of Object.keys(frame)) frame[name] = this.#out.includes(name) ? undefined : outer[name]
    return frame
  }

  /** A child frame for one of several tries: the in-facts are copied, the out-facts start empty (rule P6). */
  child(frame: Frame): Frame {
    const copy = { ...frame }
    for (const name of this.#out) copy[name] = undefined
    return copy
  }

  /** Passes the out-facts of the answer's frame outward. What the layer itself has given stands. */
  passOut(from: Frame, to: Frame): void {
    for (const name of this.#out) if (to[name] === undefined) to[name] = from[name]
  }

  /** The request headers that facts are sent in (rule C7). */
  headers(frame: Frame): Readonly<Record<string, string>> | undefined {
    let headers: Record<string, string> | undefined
    for (const { name, header } of this.#headers) {
      const value = frame[name]
      if (value === undefined) continue
      headers ??= {}
      headers[header] = String(value)
    }
    return headers
  }
}
