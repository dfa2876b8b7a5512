import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import type { EventLoopDelay, EventLoopMonitor } from '../instruments.ts'

/** Node's histogram, as far as it is used. */
export type DelayHistogram = Pick<
  ReturnType<typeof monitorEventLoopDelay>,
  'count' | 'mean' | 'max' | 'enable' | 'disable' | 'reset'
>

/** What is measured with. */
export interface DelaySources {
  readonly histogram: (resolutionMs: number) => DelayHistogram
  readonly now: () => number
}

const NODE: DelaySources = {
  histogram: (resolution) => monitorEventLoopDelay({ resolution }),
  now: () => performance.now(),
}

/** How often Node looks, in milliseconds. */
const RESOLUTION_MS = 10
/** How far back what is read may begin before it was asked for, in milliseconds, and how many such windows are kept. */
const WINDOW_MS = 1000
const MAX_WINDOWS = 64

/** What the histogram had seen between two moments, in milliseconds. It counts whole intervals, which includes its resolution. */
interface Window {
  readonly from: number
  readonly to: number
  readonly count: number
  readonly sumMs: number
  readonly maxMs: number
}

const merged = (one: Window, other: Window): Window => ({
  from: Math.min(one.from, other.from),
  to: Math.max(one.to, other.to),
  count: one.count + other.count,
  sumMs: one.sumMs + other.sumMs,
  maxMs: Math.max(one.maxMs, other.maxMs),
})

const delayOf = (intervalMs: number): number => Math.max(0, intervalMs - RESOLUTION_MS)

/**
 * The delay of the event loop, by Node's histogram. That one only grows, so it is emptied into windows when calls begin, for the delay of
 * a call's own time to be told.
 *
 * @see https://nodejs.org/api/perf_hooks.html#perf_hooksmonitoreventloopdelayoptions
 */
export class EventLoopDelayMonitor implements EventLoopMonitor {
  readonly #sources: DelaySources
  #histogram: DelayHistogram | undefined
  #since = 0
  #windows: Window[] = []

  constructor(sources: DelaySources = NODE) {
    this.#sources = sources
  }

  open(): void {
    this.#histogram = this.#sources.histogram(RESOLUTION_MS)
    this.#histogram.enable()
    this.#since = this.#sources.now()
    this.#windows = []
  }

  begin(): void {
    const now = this.#sources.now()
    if (this.#histogram === undefined || now - this.#since < WINDOW_MS) return
    this.#windows.push(this.#current(this.#histogram, now))
    this.#histogram.reset()
    this.#since = now
    const [oldest, next, ...rest] = this.#windows
    if (oldest && next && this.#windows.length > MAX_WINDOWS) this.#windows = [merged(oldest, next), ...rest]
  }

  over(ms: number): EventLoopDelay | undefined {
    if (this.#histogram === undefined) return undefined
    const now = this.#sources.now()
    const { count, sumMs, maxMs } = this.#windows
      .filter(({ to }) => to > now - ms)
      .reduce(merged, this.#current(this.#histogram, now))
    return count === 0 ? { meanMs: 0, maxMs: 0 } : { meanMs: delayOf(sumMs / count), maxMs: delayOf(maxMs) }
  }

  close(): void {
    this.#histogram?.disable()
    this.#histogram = undefined
  }

  #current(histogram: DelayHistogram, to: number): Window {
    const from = this.#since
    const { count } = histogram
    const sumMs = count === 0 ? 0 : (histogram.mean * count) / 1e6
    // an interval that has not ended is in no histogram: it is the whole of a loop that is blocked right now
    const openMs = to - from - sumMs
    const isLate = openMs > RESOLUTION_MS
    return {
      from,
      to,
      count: count + (isLate ? 1 : 0),
      sumMs: sumMs + (isLate ? openMs : 0),
      maxMs: Math.max(count === 0 ? 0 : histogram.max / 1e6, isLate ? openMs : 0),
    }
  }
}
