import { cache } from '@cepa/middleware-cache'
import { logging } from '@cepa/middleware-logging'
import { profiler } from '@cepa/middleware-profiler'
import { requestId } from '@cepa/middleware-request-id'
import { retry } from '@cepa/middleware-retry'
import { telemetry } from '@cepa/middleware-telemetry'
import { timeout } from '@cepa/middleware-timeout'
import { timing } from '@cepa/middleware-timing'
import { tokenCount } from '@cepa/middleware-token-count'
import type { ScenarioGroup } from '../scenarios/scenario.ts'
import type { Guest } from './guest.ts'
import { standingGroup } from './standing-group.ts'

/** A retry holds the reply back until content has come (rule R5): what ends before that is refused, not thrown in the loop. */
const HELD_BACK: Readonly<Record<'stream' | 'whole' | 'both', ReadonlySet<string>>> = {
  stream: new Set([
    'leave-after-first-event',
    'cancel-before-reading',
    'never-read-collection',
    'never-read-in-time',
    'peeked-inside-never-read',
    'layer-peeks-then-leave',
    'read-while-peeking',
  ]),
  whole: new Set([
    'abort-in-the-middle',
    'abort-by-a-layer-in-the-middle',
    'abort-in-an-event-hook',
    'deadline-in-the-middle',
    'idle-limit',
    'clean-end-without-finish',
    'socket-reset',
    'half-close',
    'transform-throws',
    'transform-makes-an-end',
    'detached-outlives-abort',
    'detached-outlives-deadline',
  ]),
  both: new Set(['abort-before-first-token', 'error-as-first-event']),
}

const heldBack: Guest['not'] = (id, { mode }) =>
  HELD_BACK[mode].has(id) || HELD_BACK.both.has(id) ? 'a retry holds the reply back until content has come' : undefined

const CACHED: Readonly<Record<string, string>> = {
  'returns-a-reply-twice': 'the second call is answered by the cache',
  'attempts-are-told': 'a cache tells of its lookups, too',
}

const TELLING: Readonly<Record<string, string>> = { 'attempts-are-told': 'telemetry tells notes of its own, too' }

/**
 * The middlewares of `packages/middleware`, which get lines of their own in the matrix. To add one: a line here, and its package in the
 * manifest.
 */
export const GUESTS: readonly Guest[] = [
  { folder: 'request-id', name: 'requestId', make: () => requestId() },
  { folder: 'telemetry', name: 'telemetry', make: () => telemetry({ exporters: [] }), not: (id) => TELLING[id] },
  { folder: 'logging', name: 'logging', make: () => logging({ level: 'debug', logger: { log: () => undefined } }) },
  { folder: 'timing', name: 'timing', make: () => timing() },
  { folder: 'profiler', name: 'profiler', make: () => profiler() },
  { folder: 'token-count', name: 'tokenCount', make: () => tokenCount() },
  { folder: 'timeout', name: 'timeout', make: () => timeout({ totalMs: 5_000_000 }) },
  // one try: a second one is what it is for, and would change what scenarios of failing count
  { folder: 'retry', name: 'retry', make: () => retry({ attempts: 1 }), not: heldBack },
  { folder: 'cache', name: 'cache', make: () => cache({ scope: 'shared' }), not: (id) => CACHED[id] },
]

/** Their lines. */
export const STANDING: readonly ScenarioGroup[] = GUESTS.map(standingGroup)
