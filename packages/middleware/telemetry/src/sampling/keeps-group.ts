import type { GroupRecord } from '@cepa/core'
import { atLeast, type CallSettings } from '../call-settings.ts'
import { headKeeps } from './head.ts'

/**
 * Whether a group is exported of which no call has been: only where it failed itself or calls of it still run, and then as one of them
 * would be. A filter speaks of calls, and lets through none that has not ended.
 */
export function keepsGroup(group: GroupRecord, { level, filter, sampling }: CallSettings): boolean {
  const failed = group.ending === 'failed'
  if (filter !== undefined || (!failed && group.openCalls === 0)) return false
  if (!atLeast(level, failed ? 'errors' : 'calls')) return false
  return headKeeps(group.trace.traceId, sampling.ratio) || (failed && sampling.keepErrors)
}
