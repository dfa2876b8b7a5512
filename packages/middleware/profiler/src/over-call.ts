import type { Call, CallTimes, EndingKind } from '@cepa/core'
import type { Answerer } from './answerer.ts'

/** A call that is over, with where its time went. */
export interface OverCall {
  readonly call: Call
  readonly requestId: string | undefined
  readonly answerer: Answerer
  readonly ending: EndingKind
  readonly times: CallTimes
}
