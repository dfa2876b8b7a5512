import type { Draw } from '../random.ts'
import type { Draft, Scene } from '../scene.ts'
import { LIMIT_MS } from './limit.ts'
import { brokenOff, refused, reset, resetAtOnce, stalled, truncated } from './turns.ts'

/** Attempts that the stack's retry makes. */
const ATTEMPTS = 3

const read = { do: 'read' } as const
const allAttempts = <T>(turn: T): readonly T[] => Array.from({ length: ATTEMPTS }, () => turn)

const REFUSALS = [
  [400, 'invalid-request'],
  [403, 'permission'],
  [404, 'not-found'],
] as const

const OUTAGES = [
  [429, 'rate-limit'],
  [500, 'server'],
  [529, 'overloaded'],
] as const

/** Scenes that fail, by name. */
export const FAILING: Readonly<Record<string, (draft: Draft, draw: Draw) => Scene>> = {
  refused: (draft, draw) => {
    const [status, errorKind] = draw.oneOf(REFUSALS)
    return { turns: [refused(draft, { status }, errorKind)], act: read, ends: 'failed', errorKind }
  },
  'refused with every key': (draft) => {
    const turn = refused(draft, { status: 401 }, 'auth')
    return { turns: [turn, { ...turn, reason: 'new key' }], act: read, ends: 'failed', errorKind: 'auth' }
  },
  'refused to the end': (draft, draw) => {
    const [status, errorKind] = draw.oneOf(OUTAGES)
    return { turns: allAttempts(refused(draft, { status }, errorKind)), act: read, ends: 'failed', errorKind }
  },
  'failed in the stream': (draft) => ({
    turns: [brokenOff(draft, draft.cut)],
    act: read,
    ends: 'failed',
    errorKind: 'server',
  }),
  truncated: (draft) => ({
    turns: draft.mode === 'stream' ? [truncated(draft, draft.cut)] : allAttempts(truncated(draft, draft.cut)),
    act: read,
    ends: 'failed',
    errorKind: 'truncated',
  }),
  reset: (draft) => ({ turns: [reset(draft, draft.cut)], act: read, ends: 'failed', errorKind: 'network' }),
  'reset instead of an answer': (draft) => ({
    turns: allAttempts(resetAtOnce(draft)),
    act: read,
    ends: 'failed',
    errorKind: 'network',
  }),
  'missed in the cache': () => ({
    turns: [],
    act: read,
    ends: 'failed',
    errorKind: 'cache-miss',
    layers: { cache: { mode: 'only-if-cached' } },
  }),
  'silent for too long': (draft) => ({
    turns: [{ ...stalled(draft, draft.cut, 'aborted'), errorKind: 'timeout', timed: true }],
    act: read,
    ends: 'failed',
    errorKind: 'timeout',
    layers: { timeout: { idleMs: LIMIT_MS } },
  }),
}
