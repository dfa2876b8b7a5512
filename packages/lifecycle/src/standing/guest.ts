import type { AnyMiddleware } from '@cepa/core'
import type { Column } from '../matrix/column.ts'

/** A middleware of the workspace that stands in the stack of every scenario and must change none of them. */
export interface Guest {
  /** Its folder in `packages/middleware`. */
  readonly folder: string
  /** Its factory's name. */
  readonly name: string
  /** Makes it anew, for one cell. */
  readonly make: () => AnyMiddleware
  /** Why a scenario, by its id, is another one with it: what it does there is what it is for, and its own tests hold it to that. */
  readonly not?: (scenario: string, column: Column) => string | undefined
}
