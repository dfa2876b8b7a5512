import type { Draw } from '../random.ts'
import type { Draft, Scene } from '../scene.ts'
import { LIMIT_MS } from './limit.ts'
import { answered, brokenOff, refused, silent } from './turns.ts'

const read = { do: 'read' } as const

/** Scenes that end well, by name. */
export const ANSWERED: Readonly<Record<string, (draft: Draft, draw: Draw) => Scene>> = {
  answered: (draft) => ({ turns: [answered(draft)], act: read, ends: 'done' }),
  'answered to a slow reader': (draft) => ({ turns: [answered(draft)], act: { do: 'read', pauseMs: 2 }, ends: 'done' }),
  'answered past the cache': (draft) => ({
    turns: [answered(draft)],
    act: read,
    ends: 'done',
    cache: 'bypass',
    layers: { cache: { mode: 'bypass' } },
  }),
  'answered anew': (draft) => ({
    turns: [answered(draft)],
    act: read,
    ends: 'done',
    cache: 'refresh',
    layers: { cache: { mode: 'refresh' } },
  }),
  'answered from the cache': () => ({ turns: [], act: read, ends: 'done', cache: 'hit', repeats: true }),
  'answered with the next key': (draft) => ({
    turns: [refused(draft, { status: 401 }, 'auth'), { ...answered(draft), reason: 'new key' }],
    act: read,
    ends: 'done',
  }),
  'answered after a refusal': (draft, draw) => {
    const retryAfterMs = draw.between(2, 6)
    const refusals = Array.from({ length: draw.between(1, 2) }, () =>
      refused(draft, { kind: 'rate-limit', retryAfterMs }, 'rate-limit'),
    )
    return { turns: [...refusals, answered(draft)], act: read, ends: 'done' }
  },
  'answered after an outage': (draft) => ({
    turns: [refused(draft, { status: 500 }, 'server'), answered(draft)],
    act: read,
    ends: 'done',
  }),
  'answered after an error in the stream': (draft) => ({
    turns: [brokenOff(draft, 0), answered(draft)],
    act: read,
    ends: 'done',
  }),
  'answered after headers that never came': (draft) => ({
    turns: [{ ...silent(draft, 'aborted'), errorKind: 'timeout', timed: true }, answered(draft)],
    act: read,
    ends: 'done',
    layers: { timeout: { headersMs: LIMIT_MS } },
  }),
  'answered beside a detached call': (draft) => ({
    turns: [answered(draft)],
    act: read,
    ends: 'done',
    detached: answered(draft),
    layers: { warming: { on: true } },
  }),
}
