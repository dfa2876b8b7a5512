import { CepaError } from '@cepa/core'

/**
 * `only-if-cached` was asked for, and there is no answer that may be served. `keyHash` is the key that was looked up, `cause` what kept
 * the store from answering, if it failed. Asking the same again helps once somebody else has asked without `only-if-cached`.
 *
 * @example
 * try {
 *   await chat.complete(request, { layers: { cache: { mode: 'only-if-cached' } } })
 * } catch (error) {
 *   if (!(error instanceof CacheMissError)) throw error
 * }
 */
export class CacheMissError extends CepaError {
  override readonly name = 'CacheMissError'
  readonly code = 'CEPA_CACHE_MISS'
  readonly keyHash: string
  constructor(layer: string, keyHash: string, cause?: Error) {
    const why = cause === undefined ? 'there is no stored answer to this request' : 'the store gave no answer'
    super(`${layer}: mode is only-if-cached, and ${why}`, cause === undefined ? undefined : { cause })
    this.keyHash = keyHash
  }
}
