import { type Recorder, recorder, type VirtualClock, virtualClock } from '@cepa/testing'
import { type Adapter, type Ending, type Layer, pipeline, type Reply } from '../src/index.ts'
import type { Chat } from './onion.ts'

/** A pipeline with everything that tells how its calls went. */
export interface Observed {
  readonly chat: Chat
  readonly clock: VirtualClock
  readonly seen: Recorder
  /** How the last pass of a layer ended. */
  endingOf(layer: string): Ending
}

/** A pipeline on a clock of its own whose outermost and innermost layers write down how they end. */
export function observed(adapter: Adapter, ...layers: readonly Layer[]): Observed {
  const clock = virtualClock()
  const seen = recorder()
  const all = [seen.layer('outer'), ...layers, seen.layer('inner')] as readonly Layer[] as []
  const chat = pipeline({ adapter, layers: all, clock })
  const endingOf = (layer: string): Ending => seen.passesOf(layer).at(-1)?.endings[0] as Ending
  return { chat, clock, seen, endingOf }
}

/** Hands events on with a pause after each. */
export function slowly(reply: Reply, clock: VirtualClock, pauseMs: number): Reply {
  const each = async function* () {
    for await (const event of reply) {
      yield event
      if (event.type !== 'end') await new Promise<void>((resolve) => clock.setTimer(pauseMs, resolve))
    }
  }
  return { [Symbol.asyncIterator]: each } as unknown as Reply
}
