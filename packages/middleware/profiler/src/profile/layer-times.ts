import { Quantiles, type SelfTime, TIMED_HOOKS } from '@cepa/core'
import { hookNumber, type Phase, phaseOf } from './hook-phase.ts'

const zeros = (): number[] => TIMED_HOOKS.map(() => 0)

/** The self times of one layer over many calls, in memory that does not grow with them. */
export class LayerTimes {
  /** Milliseconds per call. */
  readonly self: Quantiles = new Quantiles()
  /** Runs and milliseconds of each hook, in the core's order. */
  readonly runs: number[] = zeros()
  readonly ms: number[] = zeros()
  /** Events of the calls that came here. */
  events = 0
  /** Time in the call that is being taken in. */
  #openMs: number | undefined

  /** Whether the call that is being taken in has come here before. */
  get isOpen(): boolean {
    return this.#openMs !== undefined
  }

  /** Takes in one hook of a call. */
  add({ hook, ms, runs }: SelfTime): void {
    const number = hookNumber(hook)
    this.runs[number] = (this.runs[number] as number) + runs
    this.ms[number] = (this.ms[number] as number) + ms
    this.#openMs = (this.#openMs ?? 0) + ms
  }

  /** All hooks of the call are taken in. */
  close(events: number): void {
    this.self.record(this.#openMs ?? 0)
    this.events += events
    this.#openMs = undefined
  }

  merge(other: LayerTimes): void {
    this.self.merge(other.self)
    this.events += other.events
    for (const [number, runs] of other.runs.entries()) this.runs[number] = (this.runs[number] as number) + runs
    for (const [number, ms] of other.ms.entries()) this.ms[number] = (this.ms[number] as number) + ms
  }

  /** Milliseconds of all hooks of one phase. */
  phaseMs(phase: Phase): number {
    return TIMED_HOOKS.reduce(
      (sum, hook, number) => sum + (phaseOf(hook) === phase ? (this.ms[number] as number) : 0),
      0,
    )
  }
}
