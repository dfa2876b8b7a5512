import {
  type CacheOutcome,
  type Call,
  cacheFact,
  cacheLookupNote,
  costFact,
  type Ending,
  type FactsOf,
  type Handler,
  logNote,
  Reply,
  usageFact,
} from '@cepa/core'
import { encodeAnswer, type Purchase, type StoredAnswer } from './answer-codec.ts'
import { AnswerRecorder, type Unstorable } from './answer-recorder.ts'
import { keyOf } from './cache-key.ts'
import { type Found, lookUp } from './cache-lookup.ts'
import type { CacheMeter } from './cache-meter.ts'
import { CacheMissError } from './cache-miss-error.ts'
import type { CacheCallOptions, CacheSettings } from './cache-options.ts'
import type { CachePass } from './cache-pass.ts'
import { ReplayFeed } from './replay-feed.ts'
import { StoreWrites } from './store-writes.ts'

/** The facts that a cache reads: what an answer used and cost, where a layer inside says it. */
export type CacheReads = readonly [typeof usageFact.optional, typeof costFact.optional]
export type CacheGives = readonly [typeof cacheFact]
export const READS: CacheReads = [usageFact.optional, costFact.optional]
export const GIVES: CacheGives = [cacheFact]

/** A call as a cache sees it. */
export type CacheCall = Call<FactsOf<[...CacheReads, ...CacheGives]>, CacheCallOptions>

/** What a cache does on a call's way in and on an answer's way out. */
export class CacheLayer {
  readonly #settings: CacheSettings
  readonly #meter: CacheMeter
  readonly writes: StoreWrites

  constructor(settings: CacheSettings, meter: CacheMeter) {
    this.#settings = settings
    this.#meter = meter
    this.writes = new StoreWrites(settings.store, meter)
  }

  /** Gives the stored answer, or asks what is inside, as the mode says. */
  async handle(call: CacheCall, next: Handler, pass: CachePass): Promise<Reply> {
    const { mode = this.#settings.mode, ttlMs = this.#settings.ttlMs, scope } = call.options ?? {}
    if (mode === 'bypass') {
      call.give(cacheFact, { outcome: 'bypass' })
      return next(call)
    }
    const startedAt = call.clock.now()
    pass.key = keyOf(call, scope, this.#settings)
    pass.ttlMs = ttlMs
    if (mode === 'refresh' || mode === 'record-only') {
      pass.onlyIfAbsent = mode === 'record-only'
      call.give(cacheFact, { outcome: mode === 'refresh' ? 'refresh' : 'record', keyHash: pass.key })
      return this.#ask(call, next, pass)
    }
    const found = await this.#lookUp(call, pass)
    pass.lookupMs = call.clock.now() - startedAt
    if (found.kind === 'hit') return this.#give(call, found, pass)
    this.#tell(call, { outcome: found.kind, keyHash: pass.key, lookupMs: pass.lookupMs })
    this.#meter.noHit(pass.lookupMs, found.kind === 'miss' ? 'misses' : 'errors')
    const error = found.kind === 'error' ? found.error : undefined
    if (error) this.#log(call, `the store failed: ${error.message}`)
    if (mode === 'only-if-cached') throw new CacheMissError(this.#settings.name, pass.key, error)
    return this.#ask(call, next, pass)
  }

  /** The pass has ended: what it wrote down is stored if it is a whole answer that ended `done`. */
  end(call: CacheCall, ending: Ending, pass: CachePass): void {
    pass.end()
    const { recorder } = pass
    if (recorder === undefined || ending.kind !== 'done') return
    const { key, ttlMs, onlyIfAbsent } = pass
    const { clock } = call
    const entry = recorder.complete && encodeAnswer(purchaseOf(call, ending, pass), recorder.events, clock.epochMs())
    if (!entry) this.#leaveOut(call, recorder.unstorable)
    else if (entry.value.byteLength > this.#settings.maxEntryBytes) this.#leaveOut(call, { reason: 'too-large' })
    else this.writes.begin({ key, entry, ttlMs, onlyIfAbsent, clock })
  }

  async #lookUp(call: CacheCall, pass: CachePass): Promise<Found> {
    const { store, storeTimeoutMs: timeoutMs } = this.#settings
    const found = await lookUp(pass.key, { store, clock: call.clock, pass, ttlMs: pass.ttlMs, timeoutMs })
    // nobody waits for what follows, least of all the provider
    if (pass.over) throw new Error('the call ended before the store answered')
    return found
  }

  #ask(call: CacheCall, next: Handler, pass: CachePass): Promise<Reply> {
    pass.recorder = new AnswerRecorder(call.clock.now(), this.#settings.maxEntryBytes)
    return next(call)
  }

  #give(call: CacheCall, { answer, ageMs }: Found & { readonly kind: 'hit' }, pass: CachePass): Reply {
    const { replay: timing } = this.#settings
    const { key: keyHash, lookupMs } = pass
    const savedMs = timing === 'recorded' ? 0 : Math.max(0, answer.durationMs - lookupMs)
    this.#meter.hit(lookupMs, savedMs, answer)
    this.#tell(call, { outcome: 'hit', keyHash, ageMs, lookupMs, savedMs, ...savedBy(answer) })
    return Reply.from(new ReplayFeed(answer.events, { clock: call.clock, timing, whole: call.mode === 'complete' }))
  }

  #tell(call: CacheCall, outcome: CacheOutcome): void {
    call.give(cacheFact, outcome)
    if (call.hears()) call.emit(cacheLookupNote, outcome)
  }

  #leaveOut(call: CacheCall, unstorable: Unstorable | undefined): void {
    this.#meter.notStored()
    const { maxEntryBytes } = this.#settings
    const why =
      unstorable?.reason === 'not-data' ? unstorable.what : `it is larger than ${maxEntryBytes} bytes (maxEntryBytes)`
    this.#log(call, `the answer was not stored: ${why}`)
  }

  #log(call: CacheCall, message: string): void {
    if (call.hears()) call.emit(logNote, { level: 'warn', message: `${this.#settings.name}: ${message}` })
  }
}

const savedBy = ({ usage, costUsd }: StoredAnswer): Pick<CacheOutcome, 'saved' | 'savedUsd'> => ({
  ...(usage && { saved: usage }),
  ...(costUsd !== undefined && { savedUsd: costUsd }),
})

/** What is known of an answer when it has ended: the provider's own numbers, else what a layer inside found out. */
function purchaseOf({ facts }: CacheCall, { completion, providerMs }: Ending, { lookupMs }: CachePass): Purchase {
  const usage = completion.usage ?? facts.usage?.answer
  const costUsd = facts.cost?.usd
  return {
    durationMs: Math.max(0, providerMs - lookupMs),
    ...(usage && { usage }),
    ...(costUsd !== undefined && { costUsd }),
  }
}
