import type { Call } from './call.ts'
import { CallView, DetachedCallView, type Passage } from './call-view.ts'
import { detachedEndNote } from './core-notes.ts'
import type { Ending } from './ending.ts'
import { Entry } from './entry.ts'

/** Where a call is detached: by which layer of which entry, with what, and why. */
export interface Detaching {
  readonly index: number
  readonly passage: Passage
  readonly reason: string
}

/**
 * A call of its own (rule D1), held by an entry of its own that has no passes. When it has ended, the layers outside of the one that
 * detached it are told.
 */
export function detach(from: Entry, { index, passage, reason }: Detaching): DetachedCallView {
  const root = from.root.detach(reason)
  const inside: Passage = { ...passage, scope: root.scope }
  const origin = from.place.origin ?? from
  const tell = (ending: Ending) => {
    const call = new CallView(host, index, inside) as object as Call
    const value = { call, reason, parentId: from.root.id, ending }
    const note = { key: detachedEndNote as never, value, from: origin.passes.nameOf(index), at: root.now() }
    origin.passes.deliver(index, note, true)
  }
  const host = new Entry(root, from.stretch, {
    parent: undefined,
    passage: inside,
    frame: from.plan.shape.child(from.frame),
    origin,
    childEnded: (ending) => {
      host.ended = true
      tell(ending)
      root.release()
    },
  })
  return new DetachedCallView(host, index, inside)
}
