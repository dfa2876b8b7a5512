import { type CepaError, type ChatRequest, ContractError, type Fault } from '@cepa/core'
import type { LedgerEntry } from '../ledger.ts'
import type { RecordedPass } from '../recorder.ts'
import type { PendingTimer } from '../virtual-clock.ts'
import type { Acted } from './acts.ts'
import { type Bench, benchOf } from './bench.ts'
import type { MiddlewareKitOptions } from './middleware-options.ts'
import type { Situation } from './situations.ts'

/** All that was seen of one situation. */
export interface Observation {
  readonly bench: Bench
  /** Absent where the call never settled; then `stuck` says so. */
  readonly acted?: Acted
  readonly stuck?: string
  readonly outer: readonly RecordedPass[]
  readonly inner: readonly RecordedPass[]
  readonly ledger: readonly LedgerEntry[]
  readonly faults: readonly Fault[]
  /** Rules that the core found broken, with the name of the one who broke them. */
  readonly violations: readonly ContractError[]
  /** Timers that were alive after the call, but for background ones. */
  readonly timers: readonly PendingTimer[]
  /** Passes that had not ended when all was over, before `close`. */
  readonly open: number
  /** Timers that were alive after `close`. */
  readonly timersAfterClose: readonly PendingTimer[]
  readonly listeners: number
  /** What closing twice threw. */
  readonly closing?: Error
}

/** Runs one situation, with the subject or, to compare, without it. */
export async function observe(
  options: MiddlewareKitOptions,
  situation: Situation,
  { request, withSubject }: { readonly request: ChatRequest; readonly withSubject: boolean },
): Promise<Observation> {
  const bench = benchOf(options, situation, withSubject)
  const { clock, seen, provider, probe, watched } = bench
  const acted = await actIn(bench, situation, request)
  await clock.settle()
  const alive = (): readonly PendingTimer[] => clock.pending.filter(({ background }) => !background)
  const soon = alive()
  // what a detached call or a reply that nobody reads still has to do
  await clock.advance(61_000)
  const timers = situation.pends ? alive() : soon
  const open = seen.passes.filter(({ endings }) => endings.length === 0).length
  const listeners = probe.listeners + watched.reduce((sum, count) => sum + count.listeners, 0)
  const closing = await closeTwice(bench)
  await clock.settle()
  return {
    bench,
    ...acted,
    outer: seen.passesOf('kitOuter'),
    inner: seen.passesOf('kitInner'),
    ledger: provider.ledger,
    faults: bench.faults,
    violations: violationsIn(bench, acted.acted),
    timers,
    open,
    timersAfterClose: clock.pending,
    listeners,
    ...(closing && { closing }),
  }
}

async function actIn(
  bench: Bench,
  situation: Situation,
  request: ChatRequest,
): Promise<Pick<Observation, 'acted' | 'stuck'>> {
  try {
    return { acted: await bench.clock.runUntil(situation.act(bench, request)) }
  } catch (error) {
    return { stuck: (error as Error).message }
  }
}

async function closeTwice({ chat, clock, subject }: Bench): Promise<Error | undefined> {
  try {
    await clock.runUntil(chat.close({ deadlineMs: 1000 }))
    await subject?.layer['~spec'].close?.()
    return undefined
  } catch (error) {
    return error as Error
  }
}

/** Contract errors, wherever they showed: what the call threw, what passes ended with, what faults are made of. */
function violationsIn({ seen, faults }: Bench, acted: Acted | undefined): readonly ContractError[] {
  const errors: unknown[] = [acted?.error, ...faults.map(({ error }) => error)]
  for (const { endings } of seen.passes) for (const ending of endings) if ('error' in ending) errors.push(ending.error)
  const found = errors.filter((error): error is ContractError => error instanceof ContractError)
  return [...new Set(found)]
}

/** An error in the words that comparisons use: class, kind and, for the caller's own limits, what was met. */
export const errorWords = (error: Error | undefined): string | undefined => {
  if (error === undefined) return undefined
  const { code, kind } = error as Partial<CepaError> & { kind?: string }
  return [error.name, code, kind].filter(Boolean).join(' ')
}
