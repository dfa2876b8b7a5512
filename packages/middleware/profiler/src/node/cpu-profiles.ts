import { setImmediate as nextTurn } from 'node:timers/promises'
import { type Clock, systemClock } from '@cepa/core'
import type { CpuProfiler, CpuRecording, TakenProfile } from '../instruments.ts'
import { errorOf } from '../problem.ts'
import { beginSession, type CpuSession } from './cpu-session.ts'
import type { ProfileFolder } from './profile-folder.ts'

/** What CPU profiles are made with. */
export interface CpuProfilesParts {
  readonly folder: ProfileFolder
  /** Longest time of one profile, in milliseconds. */
  readonly maxMs: number
  /** Microseconds between two samples. */
  readonly intervalUs: number
  /** Told of what fails, once until it works again. */
  readonly failed: (error: Error) => void
  /** The time of `maxMs`. Default: the machine's. */
  readonly clock?: Clock
  /** Begins a profile. Default: V8's own. */
  readonly begin?: (intervalUs: number) => CpuSession
}

/** A profile that is being taken, until the call is over, the longest time is, or the profiler closes. */
class Recording implements CpuRecording {
  readonly #session: CpuSession
  readonly #write: () => Promise<boolean>
  readonly #path: string
  #taken: TakenProfile | undefined

  constructor(session: CpuSession, path: string, write: () => Promise<boolean>) {
    this.#session = session
    this.#path = path
    this.#write = write
  }

  keep(): TakenProfile {
    this.#taken ??= { path: this.#path, written: this.#write() }
    return this.#taken
  }

  drop(): void {
    // one that has come to its longest time is written already
    if (this.#taken === undefined) this.#session.cancel()
  }
}

/** Takes CPU profiles of slow calls, one at a time: another one begins when the last has been written. */
export class CpuProfiles implements CpuProfiler {
  readonly #parts: CpuProfilesParts
  #running: Recording | undefined
  #work: Promise<boolean> | undefined
  #toldOf = false

  constructor(parts: CpuProfilesParts) {
    this.#parts = parts
  }

  begin(callId: string): CpuRecording | undefined {
    if (this.#running !== undefined || this.#work !== undefined) return undefined
    const { folder, maxMs, intervalUs, clock = systemClock, begin = beginSession } = this.#parts
    let session: CpuSession
    try {
      session = begin(intervalUs)
    } catch (thrown) {
      this.#failed(thrown)
      return undefined
    }
    const path = folder.pathFor(callId, clock.epochMs())
    const stopTimer = clock.setTimer(maxMs, () => void recording.keep(), { background: true })
    const ended = (): void => {
      stopTimer()
      this.#running = undefined
    }
    const cancel = (): void => {
      ended()
      session.cancel()
    }
    const recording = new Recording({ ...session, cancel }, path, () => {
      ended()
      return this.#write(session, path)
    })
    this.#running = recording
    return recording
  }

  async close(): Promise<void> {
    this.#running?.keep()
    await this.#work
  }

  #write(session: CpuSession, path: string): Promise<boolean> {
    const work = this.#tryWrite(session, path).finally(() => {
      this.#work = undefined
    })
    this.#work = work
    return work
  }

  async #tryWrite(session: CpuSession, path: string): Promise<boolean> {
    try {
      // V8 takes a while to make the profile: the call's reader comes first
      await nextTurn()
      await this.#parts.folder.write(path, JSON.stringify(session.stop()))
      this.#toldOf = false
      return true
    } catch (thrown) {
      this.#failed(thrown)
      return false
    }
  }

  #failed(thrown: unknown): void {
    if (this.#toldOf) return
    this.#toldOf = true
    this.#parts.failed(errorOf(thrown))
  }
}
