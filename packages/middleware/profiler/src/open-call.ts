import type { Call, EndingKind } from '@cepa/core'
import type { CpuRecording } from './instruments.ts'

/** A call that runs, from its first pass in the profiler on. */
export class OpenCall {
  /** The call as the outermost pass sees it. */
  readonly call: Call
  readonly requestId: string | undefined
  /** How its last pass ended: of several, one within the other or one after the other, that of the call as a whole. */
  ending: EndingKind = 'abandoned'
  /** The CPU profile that is taken of it. */
  recording: CpuRecording | undefined
  #stopTimer: (() => void) | undefined

  constructor(call: Call, requestId: string | undefined) {
    this.call = call
    this.requestId = requestId
  }

  /** Does something when the call has run for so long, unless it is over by then. */
  after(ms: number, run: () => void): void {
    this.#stopTimer = this.call.clock.setTimer(ms, run, { background: true })
  }

  /** The call is over. */
  close(): void {
    this.#stopTimer?.()
  }
}
