/**
 * The runtime's own `AbortSignal` type where one is declared (DOM or Node types), else the part of it that Cepa uses.
 * Core's declarations therefore need neither library.
 *
 * @see https://dom.spec.whatwg.org/#interface-AbortSignal
 */
export type AbortSignal = typeof globalThis extends { AbortSignal: { prototype: infer S } } ? S : MinimalSignal

/** What Cepa asks of an abort signal. */
export interface MinimalSignal {
  readonly aborted: boolean
  readonly reason: unknown
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void
  removeEventListener(type: 'abort', listener: () => void): void
}

interface MinimalController {
  readonly signal: AbortSignal
  abort(reason?: unknown): void
}

/**
 * The platform's `AbortController`, typed without its library; for layers that end what is inside by a signal of their own.
 *
 * @example
 * const controller = createController()
 * const reply = await next(call.with({ signal: controller.signal }))
 */
export const createController = (): MinimalController =>
  new (globalThis as unknown as { AbortController: new () => MinimalController }).AbortController()
