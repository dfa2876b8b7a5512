import type { LogFields, LogLevel } from '@cepa/core'

/** A line before it is written. */
export interface Line {
  readonly level: LogLevel
  readonly message: string
  /** What belongs to this line beside what belongs to its call. */
  readonly fields: LogFields
}
