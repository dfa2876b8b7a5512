import { OptionError, ProviderError } from '@cepa/core'
import type { Correction } from './correct.ts'

/** A key, or what gives it: asked at every attempt, and again when the provider refuses it. */
export type ApiKey = string | (() => string | Promise<string>)

/** What a {@link KeyRing} is made of. */
export interface KeySource {
  /** The provider's name, for errors. */
  readonly provider: string
  /** The option that the key came by, for errors. Default: `apiKey`. */
  readonly option?: string
  /** Absent where a client has the key. */
  readonly source: ApiKey | undefined
  /** The headers that carry the key. */
  headers(key: string): Readonly<Record<string, string>>
}

/**
 * The key of one call: asked at every attempt, and once more when it was refused.
 *
 * @example
 * const keys = new KeyRing({ provider: 'openai', source: apiKey, headers: (key) => ({ authorization: `Bearer ${key}` }) })
 * withCorrections(call, [keys.newKey], async () => sendWith(await keys.headers()))
 */
export class KeyRing {
  #from: KeySource
  #last: string | undefined
  #fresh: string | undefined

  constructor(from: KeySource) {
    this.#from = from
  }

  /**
   * The headers that carry the key; none where a client has it.
   *
   * @throws {ProviderError} of kind `auth` when the function that gives the key fails.
   * @throws {OptionError} when it gives none.
   */
  async headers(): Promise<Readonly<Record<string, string>>> {
    const { source, headers } = this.#from
    if (source === undefined) return {}
    this.#last = this.#fresh ?? (await this.#ask(source))
    this.#fresh = undefined
    return headers(this.#last)
  }

  /** A refused key is worth another try only where the function gives another one. */
  readonly newKey: Correction = {
    reason: 'new key',
    applies: async (error) => {
      const { source } = this.#from
      if (error.status !== 401 || typeof source !== 'function') return false
      this.#fresh = await this.#ask(source)
      return this.#fresh !== this.#last
    },
  }

  async #ask(source: ApiKey): Promise<string> {
    if (typeof source === 'string') return source
    const { provider, option = 'apiKey' } = this.#from
    let key: unknown
    try {
      key = await source()
    } catch (cause) {
      const message = `${provider}: the function ${option} failed: ${cause instanceof Error ? cause.name : typeof cause}`
      throw new ProviderError({ provider, kind: 'auth', message, cause })
    }
    if (typeof key === 'string' && key !== '') return key
    throw new OptionError({
      owner: provider,
      field: option,
      value: `a function that gave ${key === '' ? 'an empty string' : `a ${typeof key}`}`,
      remedy: 'it must give the key, or a promise of it',
    })
  }
}
