import { cacheFact, costFact, type Middleware, middleware, timingFact, usageFact } from 'cepa'
import type { Column } from './table.ts'

/** What the demo keeps of a call, for its table at the end. */
export interface Observation {
  readonly call: string
  readonly provider: string
  readonly model: string
  readonly ending: string
  readonly attempts: number
  readonly firstTokenMs?: number
  readonly totalMs: number
  readonly inputTokens?: number
  readonly outputTokens?: number
  readonly estimated: boolean
  readonly costUsd?: number
  readonly cache?: string
}

type Reads = readonly [typeof timingFact, typeof usageFact, typeof costFact, typeof cacheFact]

/** A layer like anyone may write: at the end of each call it reads what the layers further in learnt, and keeps it. */
export const observe = (into: Observation[], provider: string): Middleware<'observe', Reads> =>
  middleware({
    name: 'observe',
    reads: [timingFact, usageFact, costFact, cacheFact],
    end(call, ending) {
      const { timing, usage, cost, cache } = call.facts
      const answer = usage?.answer ?? ending.completion.usage
      into.push({
        call: call.attributes.call ?? call.id,
        provider,
        model: call.request.model,
        ending: ending.kind,
        attempts: call.attempts.length,
        totalMs: timing?.totalMs ?? ending.providerMs + ending.consumerMs,
        estimated: answer?.source === 'estimate' || answer?.source === 'partial',
        ...(timing?.firstTokenMs !== undefined && { firstTokenMs: timing.firstTokenMs }),
        ...(answer?.inputTokens !== undefined && { inputTokens: answer.inputTokens }),
        ...(answer?.outputTokens !== undefined && { outputTokens: answer.outputTokens }),
        ...(cost?.usd !== undefined && { costUsd: cost.usd }),
        ...(cache && { cache: cache.outcome }),
      })
    },
  })

/** A duration as a cell shows it. */
export const ms = (value: number | undefined): string => (value === undefined ? '–' : `${Math.round(value)} ms`)
/** An amount as a cell shows it. */
export const dollars = (usd: number | undefined): string => (usd === undefined ? '–' : `$${usd.toFixed(6)}`)

const tokens = (value: number | undefined, { estimated }: Observation): string =>
  value === undefined ? '–' : `${estimated ? '≈' : ''}${value}`

/** The table of what was observed. */
export const COLUMNS: readonly Column<Observation>[] = [
  { head: 'call', cell: ({ call }) => call },
  { head: 'provider', cell: ({ provider }) => provider },
  { head: 'model', cell: ({ model }) => model },
  { head: 'ending', cell: ({ ending }) => ending },
  { head: 'attempts', cell: ({ attempts }) => String(attempts), right: true },
  { head: 'first token', cell: ({ firstTokenMs }) => ms(firstTokenMs), right: true },
  { head: 'total', cell: ({ totalMs }) => ms(totalMs), right: true },
  { head: 'in', cell: (row) => tokens(row.inputTokens, row), right: true },
  { head: 'out', cell: (row) => tokens(row.outputTokens, row), right: true },
  { head: 'cost', cell: ({ costUsd }) => dollars(costUsd), right: true },
  { head: 'cache', cell: ({ cache }) => cache ?? '–' },
]
