import { type Call, OptionError } from '@cepa/core'
import { hmacSha256, sha256 } from '#sha256'
import type { CacheScope } from './cache-options.ts'
import { canonicalForm } from './canonical.ts'

/** Part of every key: keys of another way of making them are other keys. */
const SCHEMA = 'cepa-cache-1'

/** What a key is made by, beside the call. */
export interface KeyOptions {
  /** The layer's name, for errors. */
  readonly name: string
  readonly scope: CacheScope
  readonly promptSecret?: string | undefined
}

/**
 * The key of a call (rule K1): the hash of the schema's version, what the layers inside and the adapter are for this request, the scope,
 * the operation and the whole canonical request. Not of mode, signal, headers, ids or attributes.
 *
 * @param callScope the scope that the caller gave for this call.
 * @throws {OptionError} for a scope function that gives no scope, and for a request that is not plain data.
 */
export function keyOf(call: Call, callScope: string | undefined, { name, scope, promptSecret }: KeyOptions): string {
  const scoped =
    callScope !== undefined || scope !== 'shared' ? ['of', callScope ?? scopeOf(call, scope, name)] : ['shared']
  const decided = JSON.stringify([SCHEMA, call.identity, scoped, call.operation])
  const text = `${decided}${canonicalForm(call.request, sha256)}`
  return promptSecret === undefined ? sha256(text) : hmacSha256(promptSecret, text)
}

/** A scope that is not known must never become one that is shared. */
function scopeOf(call: Call, scope: CacheScope, owner: string): string {
  if (scope === 'shared') return scope
  const given: unknown = scope(call)
  if (typeof given === 'string' && given !== '') return given
  throw new OptionError({
    owner,
    field: 'scope',
    value: `a function that gave ${given === '' ? 'an empty string' : `a ${typeof given}`}`,
    remedy: "it must give a string that is not empty for every call, or the call must say mode: 'bypass'",
  })
}
