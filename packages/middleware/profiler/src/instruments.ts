/** How much later than asked the event loop came to its timers, over the time of a call. */
export interface EventLoopDelay {
  readonly meanMs: number
  readonly maxMs: number
}

/** Watches the event loop. */
export interface EventLoopMonitor {
  open(): void
  /** A call begins: what is read later need not reach back further. */
  begin(): void
  /** The delay over the last `ms` milliseconds; `undefined` where nothing was measured. */
  over(ms: number): EventLoopDelay | undefined
  close(): void
}

/** A CPU profile of a slow call. */
export interface TakenProfile {
  /** Path of its file. */
  readonly path: string
  /** Whether the file is there; settles when it has been written, or could not be. Never rejects. */
  readonly written: Promise<boolean>
}

/** A CPU profile that is being taken, of one call. */
export interface CpuRecording {
  /** The call was slow: the profile is written. */
  keep(): TakenProfile
  /** It was not: the profile is dropped. */
  drop(): void
}

/** Takes CPU profiles, one at a time. */
export interface CpuProfiler {
  /** Begins one; `undefined` while another one is being taken or written, or where none can be. */
  begin(callId: string): CpuRecording | undefined
  /** Ends what runs, and waits until all is written. */
  close(): Promise<void>
}

/** What a platform can measure beside the times of the calls. */
export interface Instruments {
  readonly eventLoop?: EventLoopMonitor
  readonly cpu?: CpuProfiler
}
