import {
  type AbortSignal,
  type Adapter,
  type AnyFactKey,
  type AnyMiddleware,
  type Call,
  type Fault,
  faultNote,
  middleware,
  type Pipeline,
  pipeline,
} from '@cepa/core'
import { type FakeProvider, fakeProvider } from '../fake-provider.ts'
import { answerOf } from '../plan.ts'
import { type Recorder, recorder } from '../recorder.ts'
import type { Script } from '../script.ts'
import { type ListenerCount, type SignalProbe, signalProbe, watchListeners } from '../signal-probe.ts'
import { type VirtualClock, virtualClock } from '../virtual-clock.ts'
import { type Instrumented, instrument } from './instrument.ts'
import type { MiddlewareKitOptions } from './middleware-options.ts'

/** How the stack around the subject is built. */
export interface BenchShape {
  readonly script: Script
  /** Pulls of the provider answer in promises. */
  readonly asynchronous?: boolean
  /** The subject stands in a pipeline of its own, inside another. */
  readonly nested?: boolean
  /** A layer just outside the subject. */
  readonly around?: () => AnyMiddleware
  /** A layer just inside the subject. */
  readonly within?: () => AnyMiddleware
}

/** A stack with the subject between two observers, ready to be called. */
export interface Bench {
  readonly chat: Pipeline
  readonly clock: VirtualClock
  readonly provider: FakeProvider
  readonly seen: Recorder
  readonly probe: SignalProbe
  /** Faults that were told, by notes or by `report`. */
  readonly faults: readonly Fault[]
  /** Listeners on the signals of the calls themselves, one count for each signal. */
  readonly watched: readonly ListenerCount[]
  /** Absent on the bench that the others are compared with. */
  readonly subject?: Instrumented
  /** What the subject told through `tell`. */
  readonly told: readonly unknown[]
}

const directed = (keys: readonly AnyFactKey[], direction: 'in' | 'out'): readonly AnyFactKey[] =>
  keys.filter((key) => key.direction === direction).map((key) => key.optional)

/** A layer that counts the listeners on the signal of every call that enters it, and hears every fault. */
function watcher(watched: ListenerCount[], faults: Fault[]): AnyMiddleware {
  const known = new WeakSet<AbortSignal & object>()
  return middleware({
    name: 'kitWatch',
    start: ({ signal }: Call): undefined => {
      if (known.has(signal)) return
      known.add(signal)
      watched.push(watchListeners(signal))
    },
    note: (_call, note) => {
      if (faultNote.is(note)) faults.push(note.value)
    },
  })
}

/** A layer that freezes every event before the others see it, so that a hook that changes one is told. */
const freezer = (): AnyMiddleware =>
  middleware({
    name: 'kitFreeze',
    event: (_call, event): void => {
      Object.freeze(event)
    },
  })

/** What stands in the subject's place on the bench that it is compared with: it cuts the stack in two where the subject does. */
const plain = ({ make }: MiddlewareKitOptions): AnyMiddleware => {
  const { handle } = make(() => undefined)['~spec']
  return middleware({ name: 'kitPlain', ...(handle && { handle: (call, next) => next(call) }) })
}

/** The script with one id for every answer, so that the second attempt's can be compared with the first's. */
const sameId =
  (script: Script): Script =>
  (seen) => ({ id: 'kit-answer', ...answerOf(typeof script === 'function' ? script(seen) : script) })

/** Assembles layers whose order only the assembly can check. */
export const assembled = (
  adapter: Adapter,
  layers: readonly (AnyMiddleware | undefined)[],
  rest: { clock: VirtualClock; report: (fault: Fault) => void },
): Pipeline => pipeline({ adapter, layers: layers.filter((layer) => layer !== undefined) as never, ...rest })

/** Builds a stack; without `withSubject` the same one as if the subject were not there. */
export function benchOf(options: MiddlewareKitOptions, shape: BenchShape, withSubject: boolean): Bench {
  const clock = virtualClock()
  const provider = fakeProvider(sameId(shape.script), {
    name: 'kitProvider',
    asynchronous: shape.asynchronous ?? false,
  })
  const seen = recorder()
  const faults: Fault[] = []
  const watched: ListenerCount[] = []
  const told: unknown[] = []
  const subject = withSubject ? instrument(options.make((value) => void told.push(value))) : undefined
  const gives = subject?.layer.gives ?? []
  const outer = [watcher(watched, faults), seen.layer('kitOuter', { reads: directed(gives, 'out') })]
  const inner = [
    ...(options.outside?.() ?? []),
    shape.around?.(),
    subject?.layer ?? plain(options),
    shape.within?.(),
    seen.layer('kitInner', { reads: subject ? directed(gives, 'in') : [] }),
    freezer(),
    ...(options.inside?.() ?? []),
  ]
  const rest = { clock, report: (fault: Fault) => void faults.push(fault) }
  const chat = shape.nested
    ? assembled(assembled(provider, inner, rest), outer, rest)
    : assembled(provider, [...outer, ...inner], rest)
  return { chat, clock, provider, seen, probe: signalProbe(), faults, watched, ...(subject && { subject }), told }
}
