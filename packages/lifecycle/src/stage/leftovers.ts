/** What a call must not leave behind. */
export interface Leftovers {
  /** Timers on the clock. */
  readonly timers: number
  /** Listeners on the caller's signal. */
  readonly listeners: number
  /** Events (in process) or bytes (HTTP) that the provider handed out after everything was over. */
  readonly handedOutAfter: number
  /** Answers that the provider still gives. */
  readonly answers: number
  readonly sockets: number
  /** Timers, sockets and servers of the process. */
  readonly handles: readonly string[]
  /** Calls that the pipeline believes to be running. */
  readonly calls: number
  /** Rejections that nobody caught. */
  readonly unhandled: readonly string[]
}

/** A clean end. */
export const NOTHING_LEFT: Leftovers = {
  timers: 0,
  listeners: 0,
  handedOutAfter: 0,
  answers: 0,
  sockets: 0,
  handles: [],
  calls: 0,
  unhandled: [],
}
