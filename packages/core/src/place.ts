import type { Adapter } from './adapter.ts'
import type { Passage } from './call-view.ts'
import type { Ending } from './ending.ts'
import type { Entry } from './entry.ts'
import type { Frame } from './frame.ts'

/** Where an entry stands, and who is told of it. */
export interface Place {
  readonly parent: Entry | undefined
  readonly passage: Passage
  readonly frame: Frame
  /** For the entry that stands for a leaf adapter: the adapter. */
  readonly adapter?: Adapter
  /** For the entry that stands for a detached call: the entry whose layer detached it. */
  readonly origin?: Entry
  /** Told when the way in begins. */
  readonly entering?: () => void
  /** Runs what is inside the layers. Default: the controlling layer, or the next stretch, or the adapter. */
  readonly inside?: () => unknown
  /** Told when the entry has ended, before what is outside ends. */
  readonly ended?: (ending: Ending) => void
  /** Told when the reply of this entry is the caller's answer. */
  readonly won?: () => void
  /** Told when an inner entry has ended. */
  readonly childEnded?: (ending: Ending) => void
}
