import type { Draw } from '../random.ts'
import type { Draft, Scene } from '../scene.ts'
import { ANSWERED } from './answered.ts'
import { FAILING } from './failing.ts'
import { LEAVING } from './leaving.ts'

/** A scene with how often it is played, of a hundred calls, and for which calls it makes sense. */
export interface Casting {
  readonly weight: number
  /** Default: streams and whole answers. */
  readonly streamsOnly?: boolean
  /** Also for embeddings. Default: chat only. */
  readonly embeds?: boolean
}

/** All scenes, by name. */
export const SCENES: Readonly<Record<string, (draft: Draft, draw: Draw) => Scene>> = {
  ...ANSWERED,
  ...FAILING,
  ...LEAVING,
}

const streamsOnly = true
const embeds = true

/** What is played, by the scene's name. */
export const CAST: Readonly<Record<string, Casting>> = {
  answered: { weight: 26, embeds },
  'answered to a slow reader': { weight: 3, streamsOnly },
  'answered past the cache': { weight: 2 },
  'answered anew': { weight: 2 },
  'answered from the cache': { weight: 9, embeds },
  'answered with the next key': { weight: 2 },
  'answered after a refusal': { weight: 6, embeds },
  'answered after an outage': { weight: 3, embeds },
  'answered after an error in the stream': { weight: 2, streamsOnly },
  'answered after headers that never came': { weight: 0.6, embeds },
  'answered beside a detached call': { weight: 2 },
  refused: { weight: 4, embeds },
  'refused with every key': { weight: 1 },
  'refused to the end': { weight: 3, embeds },
  'failed in the stream': { weight: 3, streamsOnly },
  truncated: { weight: 3 },
  reset: { weight: 3, streamsOnly },
  'reset instead of an answer': { weight: 2 },
  'missed in the cache': { weight: 1.5, embeds },
  'silent for too long': { weight: 0.6, streamsOnly },
  'aborted before it began': { weight: 1, embeds },
  'aborted before the headers': { weight: 2, embeds },
  'aborted with the reply in hand': { weight: 1, streamsOnly },
  'aborted in the stream': { weight: 4, streamsOnly },
  'aborted between two tries': { weight: 1 },
  'over its deadline': { weight: 0.6, streamsOnly },
  'left by break': { weight: 3, streamsOnly },
  'left by an error of its reader': { weight: 2, streamsOnly },
  'left by cancel': { weight: 2, streamsOnly },
  'cancelled unread': { weight: 1, streamsOnly },
  'left in the cache’s answer': { weight: 2, streamsOnly },
  unread: { weight: 1, streamsOnly },
}
