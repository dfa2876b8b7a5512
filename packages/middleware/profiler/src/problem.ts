import { recordedError } from '@cepa/core'

/** Something that failed beside the calls, which do not feel it. */
export interface ProfilerProblem {
  /** `onSlowCall`, `cpuProfile` or `eventLoopDelay`. */
  readonly where: string
  readonly error: Error
}

interface Platform {
  readonly console: { error(line: string): void }
}

/** What was thrown, as an error. */
export const errorOf = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)))

/** Tells a problem on the console, without secrets, once for each place. */
export function consoleReport(name: string): (problem: ProfilerProblem) => void {
  const told = new Set<string>()
  return ({ where, error }) => {
    if (told.has(where)) return
    told.add(where)
    const { name: kind, message } = recordedError(error)
    const line = `${name}: ${where} failed, the calls went on: ${kind}: ${message} (told once)`
    ;(globalThis as unknown as Platform).console.error(line)
  }
}

/** A listener that cannot do harm: what it throws is told on the console, as its own problem. */
export function guarded(report: (problem: ProfilerProblem) => void, name: string): (problem: ProfilerProblem) => void {
  const last = consoleReport(name)
  return (problem) => {
    try {
      report(problem)
    } catch (thrown) {
      last({ where: 'report', error: errorOf(thrown) })
    }
  }
}
