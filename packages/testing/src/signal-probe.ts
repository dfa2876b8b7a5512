import type { AbortSignal } from '@cepa/core'

/** How many listeners a signal has. */
export interface ListenerCount {
  /** Listeners for `abort` that are attached now. 0 where nothing leaks. */
  readonly listeners: number
  /** Listeners that were ever attached since the count began. */
  readonly attached: number
}

/** A signal that counts its listeners. */
export interface SignalProbe extends ListenerCount {
  readonly signal: AbortSignal
  abort(reason?: unknown): void
}

interface Controller {
  readonly signal: AbortSignal
  abort(reason?: unknown): void
}

type Listener = Parameters<AbortSignal['addEventListener']>[1]
interface ListenerOptions {
  readonly once?: boolean
  readonly signal?: AbortSignal
}

const { AbortController } = globalThis as unknown as { AbortController: new () => Controller }

/** Counts a signal's listeners from now on. What `AbortSignal.any` attaches is held weakly by the platform and not counted. */
export function watchListeners(signal: AbortSignal): ListenerCount {
  const live = new Set<unknown>()
  let attached = 0
  const add = signal.addEventListener.bind(signal) as (
    type: 'abort',
    listener: Listener,
    options?: ListenerOptions,
  ) => void
  const remove = signal.removeEventListener.bind(signal) as (type: 'abort', listener: Listener) => void
  const forget = (listener: Listener) => (): void => {
    live.delete(listener)
  }
  Object.defineProperty(signal, 'addEventListener', {
    configurable: true,
    value: (type: 'abort', listener: Listener, options?: ListenerOptions | boolean) => {
      const settings = typeof options === 'object' ? options : {}
      if (!live.has(listener) && settings.signal?.aborted !== true) {
        live.add(listener)
        attached++
        add('abort', forget(listener), { once: true })
        settings.signal?.addEventListener('abort', forget(listener), { once: true })
      }
      add(type, listener, settings)
    },
  })
  Object.defineProperty(signal, 'removeEventListener', {
    configurable: true,
    value: (type: 'abort', listener: Listener) => {
      live.delete(listener)
      remove(type, listener)
    },
  })
  return {
    get listeners() {
      return live.size
    },
    get attached() {
      return attached
    },
  }
}

/**
 * A signal that counts its listeners, to give to a call.
 *
 * @example
 * const probe = signalProbe()
 * await collect(chat(request, { signal: probe.signal }))
 * probe.listeners // → 0
 */
export function signalProbe(): SignalProbe {
  const controller = new AbortController()
  const count = watchListeners(controller.signal)
  return {
    signal: controller.signal,
    get listeners() {
      return count.listeners
    },
    get attached() {
      return count.attached
    },
    abort: (reason) => controller.abort(reason),
  }
}
