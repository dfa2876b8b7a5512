import type { ProviderState } from '@cepa/core'

/** What the attempts of a window told of a provider. */
export interface ProviderCounts {
  readonly attempts: number
  readonly failed: number
  readonly limited: number
}

/** When a provider is `down`: so many failures, and so large a share; and the share from which on it is not any more. */
export const DOWN: { readonly minFailed: number; readonly share: number; readonly leaveShare: number } = {
  minFailed: 5,
  share: 0.9,
  leaveShare: 0.7,
}

/** When it is `degraded`: so many failures and refusals because of limits, and so large a share; and the share below which it is `up`. */
export const DEGRADED: { readonly minTroubled: number; readonly share: number; readonly leaveShare: number } = {
  minTroubled: 3,
  share: 0.1,
  leaveShare: 0.05,
}

/** How a provider does, given how it did. Where nobody asked it, nothing changes. */
export function nextState(state: ProviderState, { attempts, failed, limited }: ProviderCounts): ProviderState {
  if (attempts === 0) return state
  const failedShare = failed / attempts
  const troubled = failed + limited
  const isDown =
    state === 'down' ? failedShare >= DOWN.leaveShare : failed >= DOWN.minFailed && failedShare >= DOWN.share
  if (isDown) return 'down'
  const isDegraded =
    state === 'up'
      ? troubled >= DEGRADED.minTroubled && troubled / attempts >= DEGRADED.share
      : troubled / attempts >= DEGRADED.leaveShare
  return isDegraded ? 'degraded' : 'up'
}
