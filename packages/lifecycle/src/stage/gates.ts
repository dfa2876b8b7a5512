import type { Step } from '@cepa/testing'

/** The places at which a provider can be made to wait. */
export type GateName = 'headers' | 'first' | 'middle' | 'end'

class Gate {
  readonly reached: PromiseWithResolvers<void> = Promise.withResolvers()
  readonly opened: PromiseWithResolvers<void> = Promise.withResolvers()

  constructor(held: boolean) {
    if (!held) this.opened.resolve()
  }

  readonly pass = (): Promise<void> => {
    this.reached.resolve()
    return this.opened.promise
  }
}

/** The gates of all requests of one cell. A provider passes a gate that is not held; at one that is, it waits. */
export class Gates {
  readonly #gates: Map<string, Gate> = new Map()
  readonly #held: ReadonlySet<string>
  #allOpen = false

  /** @param held `middle` holds every request there, `middle#1` the second request only. */
  constructor(held: readonly string[]) {
    this.#held = new Set(held)
  }

  /** The step of a script that stands for a gate. */
  step(name: GateName, index: number): Extract<Step, { readonly until: unknown }> {
    return { until: this.#at(name, index).pass }
  }

  /** Resolves when the provider has come to a gate. */
  reached(name: GateName, index = 0): Promise<void> {
    return this.#at(name, index).reached.promise
  }

  open(name: GateName, index = 0): void {
    this.#at(name, index).opened.resolve()
  }

  /** Opens all, those of later requests too. */
  openAll(): void {
    this.#allOpen = true
    for (const gate of this.#gates.values()) gate.opened.resolve()
  }

  #at(name: GateName, index: number): Gate {
    const key = `${name}#${index}`
    const known = this.#gates.get(key)
    if (known) return known
    const held = this.#held.has(name) || this.#held.has(key)
    const gate = new Gate(held && !this.#allOpen)
    this.#gates.set(key, gate)
    return gate
  }
}
