import type { CallTimes } from '@cepa/core'

/** Where the time of a call went, as plain data: to keep, and to write as JSON. */
export type TimesCopy = Pick<
  CallTimes,
  'self' | 'providerMs' | 'consumerMs' | 'wallMs' | 'startedAt' | 'events' | 'timedEvents' | 'spans'
>

/** Copies times: what the core tells may hold on to the call. */
export function copyOf(times: CallTimes): TimesCopy {
  const { self, providerMs, consumerMs, wallMs, startedAt, events, timedEvents, spans } = times
  return { self, providerMs, consumerMs, wallMs, startedAt, events, timedEvents, spans }
}
