import type { Draw } from '../random.ts'
import type { Act, Draft, Scene } from '../scene.ts'
import { LIMIT_MS } from './limit.ts'
import { leftAlone, refused, silent, stalled } from './turns.ts'

/** Longer than the script takes, in milliseconds. */
const LATER_MS = 50_000

/** The provider may have said everything by then, or wait in the middle. */
const leaving = (draft: Draft, draw: Draw, by: 'break' | 'throw' | 'cancel'): Scene => ({
  turns: [draw.chance(0.5) ? leftAlone(draft, 'abandoned') : stalled(draft, draft.cut, 'abandoned')],
  act: { do: 'leave', after: draw.between(1, draft.cut), by },
  ends: 'abandoned',
})

const aborting = (draft: Draft, at: Extract<Act, { do: 'abort' }>['at']): Scene => ({
  turns: [stalled(draft, draft.cut, 'aborted')],
  act: { do: 'abort', at },
  ends: 'aborted',
})

/** Scenes in which the caller does not wait for the end, by name. */
export const LEAVING: Readonly<Record<string, (draft: Draft, draw: Draw) => Scene>> = {
  'aborted before it began': () => ({
    turns: [],
    act: { do: 'abort', at: 'before' },
    ends: 'aborted',
    cache: 'none',
    unseen: true,
  }),
  'aborted before the headers': (draft) => ({
    turns: [silent(draft, 'aborted')],
    act: { do: 'abort', at: 'asked' },
    ends: 'aborted',
  }),
  'aborted with the reply in hand': (draft) => aborting(draft, 'replied'),
  'aborted in the stream': (draft, draw) => aborting(draft, draw.between(1, draft.cut)),
  'aborted between two tries': (draft) => ({
    turns: [refused(draft, { kind: 'rate-limit', retryAfterMs: LATER_MS }, 'rate-limit')],
    act: { do: 'abort', at: 'retrying' },
    ends: 'aborted',
  }),
  'over its deadline': (draft) => ({
    turns: [{ ...stalled(draft, draft.cut, 'aborted'), errorKind: 'timeout', timed: true }],
    act: { do: 'read' },
    ends: 'aborted',
    errorKind: 'timeout',
    deadlineMs: LIMIT_MS,
  }),
  'left by break': (draft, draw) => leaving(draft, draw, 'break'),
  'left by an error of its reader': (draft, draw) => leaving(draft, draw, 'throw'),
  'left by cancel': (draft, draw) => leaving(draft, draw, 'cancel'),
  'cancelled unread': (draft) => ({
    turns: [stalled(draft, draft.cut, 'abandoned')],
    act: { do: 'cancel' },
    ends: 'abandoned',
  }),
  'left in the cache’s answer': () => ({
    turns: [],
    act: { do: 'leave', after: 1, by: 'break' },
    ends: 'abandoned',
    cache: 'hit',
    repeats: true,
  }),
  unread: (draft) => ({ turns: [stalled(draft, draft.cut, 'unread')], act: { do: 'forget' }, ends: 'unread' }),
}
