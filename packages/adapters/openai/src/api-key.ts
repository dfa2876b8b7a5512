import { OptionError, ProviderError } from '@cepa/core'
import type { Correction } from '@cepa/transport'
import type { ApiKey } from './settings.ts'

/** The key of one call: asked at every attempt, and once more when it was refused. */
export class KeyRing {
  #source: ApiKey | undefined
  #provider: string
  #last: string | undefined
  #fresh: string | undefined

  constructor(source: ApiKey | undefined, provider: string) {
    this.#source = source
    this.#provider = provider
  }

  /** The header that carries the key; none where a client has it. */
  async headers(): Promise<{ authorization?: string }> {
    if (this.#source === undefined) return {}
    this.#last = this.#fresh ?? (await this.#ask(this.#source))
    this.#fresh = undefined
    return { authorization: `Bearer ${this.#last}` }
  }

  /** A refused key is worth another try only where the function gives another one. */
  readonly newKey: Correction = {
    reason: 'new key',
    applies: async (error) => {
      if (error.status !== 401 || typeof this.#source !== 'function') return false
      this.#fresh = await this.#ask(this.#source)
      return this.#fresh !== this.#last
    },
  }

  async #ask(source: ApiKey): Promise<string> {
    if (typeof source === 'string') return source
    let key: unknown
    try {
      key = await source()
    } catch (cause) {
      const message = `${this.#provider}: the function apiKey failed: ${cause instanceof Error ? cause.name : typeof cause}`
      throw new ProviderError({ provider: this.#provider, kind: 'auth', message, cause })
    }
    if (typeof key === 'string' && key !== '') return key
    throw new OptionError({
      owner: this.#provider,
      field: 'apiKey',
      value: `a function that gave ${key === '' ? 'an empty string' : `a ${typeof key}`}`,
      remedy: 'it must give the key, or a promise of it',
    })
  }
}
