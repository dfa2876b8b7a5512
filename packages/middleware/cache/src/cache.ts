import { type Middleware, middleware } from '@cepa/core'
import { type CacheGives, CacheLayer, type CacheReads, GIVES, READS } from './cache-layer.ts'
import { CacheMeter, carryMeter } from './cache-meter.ts'
import { CALL_RULES, type CacheCallOptions, type CacheOptions, checkCacheOptions } from './cache-options.ts'
import { CachePass } from './cache-pass.ts'

/** A cache in a stack: may be told things per call, reads what answers used and cost, gives what it did. */
export type Cache<TName extends string = 'cache'> = Middleware<TName, CacheReads, CacheGives, CacheCallOptions>

/**
 * A middleware that keeps whole answers and gives them again, as a stream or whole, to the same request of the same scope. The key is the
 * whole canonical request with what the layers inside and the adapter are for it, hashed. Only answers that ended `done` are stored;
 * nobody waits for that, and a store that fails or is slow costs a call at most `storeTimeoutMs`.
 *
 * A hit makes no attempt; its usage says `source: 'cache'`, and the fact `cache` says what was saved.
 *
 * @throws {OptionError} for options that cannot be right, above all a `scope` that is not stated.
 *
 * @example
 * const chat = pipeline(openai(), logging(), cache({ scope: (call) => call.attributes.tenant ?? 'nobody' }), retry())
 * await chat.complete(request, { attributes: { tenant: 'acme' } })
 * await chat.complete(request, { attributes: { tenant: 'acme' }, layers: { cache: { mode: 'refresh' } } })
 */
export function cache<const TName extends string = 'cache'>(options: CacheOptions<TName>): Cache<TName> {
  const settings = checkCacheOptions(options)
  const meter = new CacheMeter(settings.store)
  const layer = new CacheLayer(settings, meter)
  const made = middleware<TName, CachePass, CacheReads, CacheGives, CacheCallOptions>({
    name: settings.name as TName,
    reads: READS,
    gives: GIVES,
    traits: { stores: true },
    // which answer is given depends on what is inside, not on whether it was kept
    identity: '',
    data: settings.data,
    perCall: CALL_RULES,
    start: () => new CachePass(),
    event(_call, event, pass) {
      pass.recorder?.add(event)
    },
    end: (call, ending, pass) => layer.end(call, ending, pass),
    handle: (call, next, pass) => layer.handle(call, next, pass),
    close: () => layer.writes.settled(),
  })
  return carryMeter(made, meter)
}
