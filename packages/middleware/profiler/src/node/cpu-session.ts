import type { Profiler, Session } from 'node:inspector'

/** A CPU profile as V8 makes it; what a `.cpuprofile` file holds. */
export type CpuProfileData = Profiler.Profile

/** How V8 takes a profile of this thread. */
export interface CpuSession {
  /** Ends the profile. @throws {Error} when the inspector gives none. */
  stop(): CpuProfileData
  /** Ends it and drops what was taken. */
  cancel(): void
}

/** Posts a command. Within a thread the answer comes before this returns. */
function post<T>(session: Session, method: string, parameters: object = {}): T {
  let failure: Error | null | undefined
  let answer: T | undefined
  let answered = false
  session.post(method, parameters, (error, result) => {
    answered = true
    failure = error
    answer = result as T
  })
  if (failure) throw failure
  if (!answered) throw new Error(`the inspector does not answer ${method}`)
  return answer as T
}

/**
 * Begins a CPU profile of this thread.
 *
 * @throws {Error} where Node was built without an inspector, or it is busy.
 *
 * @see https://chromedevtools.github.io/devtools-protocol/v8/Profiler/
 */
export function beginSession(intervalUs: number): CpuSession {
  // loaded when it is needed: a Node may have been built without it
  const inspector = process.getBuiltinModule('node:inspector')
  if (inspector === undefined) throw new Error('this Node has no inspector')
  const session = new inspector.Session()
  session.connect()
  try {
    post(session, 'Profiler.enable')
    post(session, 'Profiler.setSamplingInterval', { interval: intervalUs })
    post(session, 'Profiler.start')
  } catch (thrown) {
    session.disconnect()
    throw thrown
  }
  return {
    stop() {
      try {
        return post<{ profile: CpuProfileData }>(session, 'Profiler.stop').profile
      } finally {
        session.disconnect()
      }
    },
    cancel: () => session.disconnect(),
  }
}
