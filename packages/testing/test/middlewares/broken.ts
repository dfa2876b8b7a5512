import { type AnyMiddleware, type Call, type Handler, middleware, type Reply } from '@cepa/core'
import type { MiddlewareKitOptions } from '../../src/index.ts'

/** A middleware that breaks one rule first, and what the kit must say of it. */
export interface Broken extends MiddlewareKitOptions {
  readonly what: string
  /** The rule that it breaks. */
  readonly rule: string
  /** What the kit finds broken in consequence. */
  readonly also?: readonly string[]
}

/** A broken middleware that is a `handle` and nothing else. */
export const controlling = (handle: (call: Call, next: Handler) => Promise<Reply>): AnyMiddleware =>
  middleware({ name: 'broken', handle })
