import type { CallTimes, EndingKind, SelfTime, TimedHook } from '@cepa/core'
import type { EventLoopDelay, TakenProfile } from './instruments.ts'
import type { OverCall } from './over-call.ts'
import { copyOf, type TimesCopy } from './times-copy.ts'

/** The layer that took most of a call. */
export interface SlowestLayer {
  readonly pipeline: string
  readonly layer: string
  /** Milliseconds of all its hooks. */
  readonly ms: number
  /** The hook that took most of that. */
  readonly hook: TimedHook
}

/** A call that took longer than the threshold of its provider and model. */
export interface SlowCall {
  /** The core's own id of the call. */
  readonly id: string
  /** The id that `requestId()` gave, where it stands further out. */
  readonly requestId?: string
  readonly pipeline: string
  readonly operation: 'chat' | 'embed'
  readonly mode: 'stream' | 'complete'
  /** Who answered: of the attempt that won, else of the last one, else whom the call leads to. */
  readonly provider: string
  readonly model: string
  readonly attributes: Readonly<Record<string, string>>
  /** How the profiler's pass ended; of a detached call, how that did. */
  readonly ending: EndingKind
  /** For a detached call: why it was detached. */
  readonly detached?: string
  /** Wall clock of the start, milliseconds since the Unix epoch. */
  readonly startedAtMs: number
  /** What layers and provider took together, in milliseconds. */
  readonly tookMs: number
  /** The threshold that it passed, in milliseconds. */
  readonly thresholdMs: number
  /** Where all the time went. */
  readonly times: TimesCopy
  /** Absent where no layer took any time. */
  readonly slowestLayer?: SlowestLayer
  /** Of the process while the call ran; `undefined` where it is not measured (Node's entry does). */
  readonly eventLoopDelay?: EventLoopDelay
  /** Where a CPU profile was taken. */
  readonly cpuProfile?: TakenProfile
}

/** The layer with the longest self time. */
export function slowestLayerOf(self: readonly SelfTime[]): SlowestLayer | undefined {
  const layers = new Map<string, { ms: number; longest: SelfTime }>()
  for (const row of self) {
    const key = `${row.pipeline}\u0000${row.layer}`
    const known = layers.get(key)
    if (known === undefined) layers.set(key, { ms: row.ms, longest: row })
    else {
      known.ms += row.ms
      if (row.ms > known.longest.ms) known.longest = row
    }
  }
  let slowest: { ms: number; longest: SelfTime } | undefined
  for (const each of layers.values()) if (each.ms > (slowest?.ms ?? 0)) slowest = each
  if (slowest === undefined) return undefined
  const { pipeline, layer, hook } = slowest.longest
  return { pipeline, layer, ms: slowest.ms, hook }
}

/** What layers and provider took: not the call's fault is what its reader did meanwhile. */
export const timeTaken = ({ wallMs, consumerMs }: Pick<CallTimes, 'wallMs' | 'consumerMs'>): number =>
  wallMs - consumerMs

/** What was found out beside the times of a slow call. */
export interface SlowFindings {
  readonly thresholdMs: number
  readonly eventLoopDelay: EventLoopDelay | undefined
  readonly cpuProfile: TakenProfile | undefined
}

/** A slow call as a listener is told of it. */
export function slowCallOf(over: OverCall, findings: SlowFindings): SlowCall {
  const { call, answerer, ending, requestId } = over
  const times = copyOf(over.times)
  const { thresholdMs, eventLoopDelay, cpuProfile } = findings
  const slowestLayer = slowestLayerOf(times.self)
  return {
    id: call.id,
    ...(requestId !== undefined && { requestId }),
    pipeline: call.pipeline,
    operation: call.operation,
    mode: call.mode,
    provider: answerer.provider,
    model: answerer.model,
    attributes: call.attributes,
    ending,
    ...(call.detached !== undefined && { detached: call.detached }),
    startedAtMs: call.clock.epochMs() - (call.clock.now() - times.startedAt),
    tookMs: timeTaken(times),
    thresholdMs,
    times,
    ...(slowestLayer && { slowestLayer }),
    ...(eventLoopDelay && { eventLoopDelay }),
    ...(cpuProfile && { cpuProfile }),
  }
}
