import type { AnyMiddleware, ChatRequest, Traits } from '@cepa/core'

/**
 * What a middleware does on purpose, so that the kit does not take it for a fault: `change-events` (and adds or drops some),
 * `change-request`, `change-endings` (where the provider fails or the time is long), `delay`, `read-ahead`, `repeat` (asks the provider
 * more than once), `answer` (without asking the provider), `outlive` (lets the provider go on when the caller leaves), `share`
 * (what one call learns shows in another).
 */
export type Permission =
  | 'change-events'
  | 'change-request'
  | 'change-endings'
  | 'delay'
  | 'read-ahead'
  | 'repeat'
  | 'answer'
  | 'outlive'
  | 'share'

/** What {@link testMiddleware} takes. */
export interface MiddlewareKitOptions {
  /**
   * Makes the middleware, a fresh one each time. `tell` is for callbacks that it takes (a logger, an observer): what is told
   * there is compared between calls, so that state that leaks from one call to another shows.
   */
  readonly make: (tell: (value: unknown) => void) => AnyMiddleware
  /** The name that it must have. Default: whatever it has. */
  readonly name?: string
  /** Layers that must stand outside, to give what it reads. Made anew for each stack. */
  readonly outside?: () => readonly AnyMiddleware[]
  /** Layers that must stand inside. */
  readonly inside?: () => readonly AnyMiddleware[]
  /** The request that is sent. Default: one message, of a model `kit-model`. */
  readonly request?: ChatRequest
  /** What it does on purpose. What its traits say is added. */
  readonly may?: readonly Permission[]
  /** Short for `may: ['change-events', 'change-endings']`. */
  readonly changes?: boolean
  /** Each makes the middleware with options that cannot be right, and must throw an `OptionError`. */
  readonly badOptions?: readonly (() => unknown)[]
  /** Per-call options (`layers: { <name>: … }`) that cannot be right; each must fail the call with an `OptionError`. */
  readonly badCallOptions?: readonly unknown[]
  /** Values that `make` hands in and that must be seen nowhere: keys, tokens. */
  readonly secrets?: readonly string[]
}

const BY_TRAIT: Readonly<Partial<Record<keyof Traits, readonly Permission[]>>> = {
  repeats: ['repeat', 'change-endings', 'delay', 'read-ahead'],
  stores: ['answer', 'outlive', 'share'],
  limits: ['answer', 'change-endings', 'delay', 'share'],
  rewrites: ['change-request'],
}

/** What a middleware may do: what was said, and what its traits say. */
export function permissionsOf(options: MiddlewareKitOptions, traits: Traits): ReadonlySet<Permission> {
  const by = Object.entries(BY_TRAIT).flatMap(([trait, may]) => (traits[trait as keyof Traits] ? may : []))
  const changes: readonly Permission[] = options.changes ? ['change-events', 'change-endings'] : []
  return new Set([...(options.may ?? []), ...changes, ...by])
}
