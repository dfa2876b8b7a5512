import type { Ending, LogLevel } from '@cepa/core'
import type { LogThreshold } from './options.ts'

const WEIGHTS: Readonly<Record<LogThreshold, number>> = { debug: 0, info: 1, warn: 2, error: 3, silent: 4 }

/** Whether something is a level; other layers may be written without a compiler. */
export const isLevel = (level: unknown): level is LogLevel =>
  level !== 'silent' && Object.hasOwn(WEIGHTS, level as string)

/** Whether a line of a level is written. */
export const admits = (threshold: LogThreshold, level: LogLevel): boolean => WEIGHTS[level] >= WEIGHTS[threshold]

/**
 * The level of a call by how it ended: `failed` and a missed deadline are errors; an abort, and an answer that nobody read, are
 * warnings, because somebody may wonder; a reader that left had its reasons; slow calls are warnings.
 */
export function levelOf(ending: Ending, slow: boolean): LogLevel {
  if (ending.kind === 'failed') return 'error'
  if (ending.kind === 'aborted') return (ending.error as { kind?: unknown }).kind === 'timeout' ? 'error' : 'warn'
  return slow || ending.kind === 'unread' ? 'warn' : 'info'
}
