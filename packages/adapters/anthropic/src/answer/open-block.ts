import type { Fields } from './fields.ts'
import type { Outlet } from './outlet.ts'

/** A content block from its start to its stop. */
export interface OpenBlock {
  /** Takes a delta in; `false` for one that it does not know. */
  delta(delta: Fields, outlet: Outlet): boolean
  stop(outlet: Outlet): void
}
