import type { PriceOrigin } from '@cepa/core'
import { BUNDLED, bundledProvider } from './bundled.ts'
import { matchesName } from './match-name.ts'
import type { ModelPrices, PriceData, ProviderPrices } from './price-data.ts'

/** A day in a model's name, as some providers write it (`-20250514`). */
const COMPACT_DAY = /-(20\d{2})(\d{2})(\d{2})(?=-|:|$)/

/** How many answers are kept; model names come from requests. */
const MOST_KNOWN = 1_000

/** Price data with its origin, and what was looked up in it. */
export class Catalogue {
  readonly origin: PriceOrigin
  readonly #providers: (id: string) => ProviderPrices | undefined
  readonly #known = new Map<string, ModelPrices | undefined>()

  /** @param data default: what comes with the package. */
  constructor(data?: PriceData, origin: PriceOrigin = BUNDLED) {
    this.origin = origin
    this.#providers = data ? (id) => data.find((provider) => provider.id === id) : bundledProvider
  }

  /** Whether there is anything of a provider. */
  has(provider: string): boolean {
    return this.#providers(provider) !== undefined
  }

  /** The model of a provider under a name as it is asked for or answers. */
  find(provider: string, model: string): ModelPrices | undefined {
    const key = `${provider}\n${model}`
    if (this.#known.has(key)) return this.#known.get(key)
    const found = this.#lookUp(provider, model.toLowerCase().trim())
    if (this.#known.size >= MOST_KNOWN) this.#known.clear()
    this.#known.set(key, found)
    return found
  }

  #lookUp(id: string, name: string): ModelPrices | undefined {
    const provider = this.#providers(id)
    if (provider === undefined) return undefined
    const spelt = name.replace(COMPACT_DAY, '-$1-$2-$3')
    return this.#within(provider, name) ?? (spelt === name ? undefined : this.#within(provider, spelt))
  }

  #within({ models, fallback_model_providers: others = [] }: ProviderPrices, name: string): ModelPrices | undefined {
    const own = models.find(({ match }) => matchesName(match, name))
    if (own !== undefined) return own
    for (const other of others) {
      const found = this.#providers(other)?.models.find(({ match }) => matchesName(match, name))
      if (found !== undefined) return found
    }
    return undefined
  }
}
