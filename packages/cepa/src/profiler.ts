import type { profiler as portable } from '@cepa/middleware-profiler'
import { profiler as platform } from '#platform-profiler'

/**
 * `profiler()` of `@cepa/middleware-profiler`: where the time of every call goes, layer by layer. On Node it also tells `onSlowCall` how
 * late the event loop was; the one of `cepa/node` takes CPU profiles of slow calls as well.
 *
 * @throws {OptionError} for options that cannot be right.
 *
 * @example
 * const profile = profiler({ onSlowCall: ({ model, slowestLayer }) => console.warn(model, slowestLayer) })
 * const chat = pipeline(openai(), ...defaultStack({ profiler: profile }))
 * console.log(profile.report())
 */
export const profiler: typeof portable = platform
