import { type Middleware, middleware } from '@cepa/core'
import type { Cache } from '@cepa/middleware-cache'
import type { logging } from '@cepa/middleware-logging'
import type { Profiler } from '@cepa/middleware-profiler'
import type { requestId } from '@cepa/middleware-request-id'
import type { retry } from '@cepa/middleware-retry'
import type { Telemetry } from '@cepa/middleware-telemetry'
import type { timeout } from '@cepa/middleware-timeout'
import type { timing } from '@cepa/middleware-timing'
import type { tokenCount } from '@cepa/middleware-token-count'

/** The layers of the default stack that join once they are given, by what stands in their place until then. */
interface Joined {
  readonly telemetry: { readonly layer: Telemetry; readonly absent: Middleware<'noTelemetry'> }
  readonly profiler: { readonly layer: Profiler; readonly absent: Middleware<'noProfiler'> }
  readonly cache: { readonly layer: Cache<'cache'>; readonly absent: Middleware<'noCache'> }
}

/** Names of the layers that join the default stack once they are given. */
export type Joining = keyof Joined

/** What stands in a layer's place: itself where it is given, either where it may be, else what says how to have it. */
type PlaceOf<K extends Joining, TGiven, TMaybe> = K extends TGiven
  ? Joined[K]['layer']
  : K extends TMaybe
    ? Joined[K]['layer'] | Joined[K]['absent']
    : Joined[K]['absent']

/**
 * The layers of the default stack, outermost first.
 *
 * @typeParam TGiven those of the layers that join which are given. Default: none.
 * @typeParam TMaybe those of which only the caller knows.
 */
export type DefaultStack<TGiven extends Joining = never, TMaybe extends Joining = never> = readonly [
  ReturnType<typeof requestId>,
  PlaceOf<'telemetry', TGiven, TMaybe>,
  ReturnType<typeof logging<'logging'>>,
  ReturnType<typeof timing<'timing'>>,
  PlaceOf<'profiler', TGiven, TMaybe>,
  PlaceOf<'cache', TGiven, TMaybe>,
  ReturnType<typeof tokenCount>,
  ReturnType<typeof retry>,
  ReturnType<typeof timeout<'timeout'>>,
]

/**
 * Says in the place of a layer how to have it; for `explain()` alone. It has a name of its own, so that a layer of one's own may have the
 * other, and no hooks, so that it costs nothing.
 */
const place = <const TName extends string>(name: TName, toHaveIt: string): Middleware<TName> =>
  middleware({ name, data: { toHaveIt } })

export const placeFor: { readonly [K in Joining]: () => Joined[K]['absent'] } = {
  telemetry: () => place('noTelemetry', 'say where records go: defaultStack({ telemetry: { exporters } })'),
  profiler: () => place('noProfiler', 'give one whose report() you read: defaultStack({ profiler: profiler() })'),
  cache: () => place('noCache', 'say whose answers may be shared: defaultStack({ cache: { scope } })'),
}
