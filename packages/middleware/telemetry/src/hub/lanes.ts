import { type Clock, type Exporter, type ExporterLimits, OptionError, type TelemetryItem } from '@cepa/core'
import { compileFilter, type RecordFilter } from '../filter.ts'
import type { Problem } from '../problem.ts'
import { Lane } from './lane.ts'

/** An exporter with how it is used, where that differs from what it likes itself. */
export interface ExporterUse {
  readonly exporter: Exporter
  /** Records that it is given, of those that are kept. Default: all. */
  readonly filter?: RecordFilter
  /** Kinds of items that it is given. Default: what it wants. */
  readonly wants?: readonly TelemetryItem['type'][]
  readonly limits?: ExporterLimits
}

/** A lane, and what goes into it. */
export interface ExporterLane {
  readonly lane: Lane
  readonly admits: (item: TelemetryItem) => boolean
}

const DEFAULTS: Required<ExporterLimits> = {
  maxBatchItems: 512,
  maxBatchBytes: 1_048_576,
  delayMs: 1000,
  timeoutMs: 10_000,
  retries: 5,
  maxQueueItems: 4096,
  maxQueueBytes: 16_777_216,
}

/** Least value of each limit; those that must be whole numbers of things begin at 1. */
const LEAST: Required<ExporterLimits> = {
  maxBatchItems: 1,
  maxBatchBytes: 1,
  delayMs: 0,
  timeoutMs: 1,
  retries: 0,
  maxQueueItems: 1,
  maxQueueBytes: 1,
}

function limitsOf(name: string, given: readonly (ExporterLimits | undefined)[]): Required<ExporterLimits> {
  const limits: Record<string, unknown> = { ...DEFAULTS }
  for (const [field, value] of given.flatMap((each) => Object.entries(each ?? {}))) {
    if (value === undefined) continue
    const remedy = limitProblem(field, value)
    if (remedy === undefined) limits[field] = value
    else throw new OptionError({ owner: `exporter ${name}`, field: `limits.${field}`, value: String(value), remedy })
  }
  return limits as object as Required<ExporterLimits>
}

/** What a limit must be, where it is not. */
function limitProblem(field: string, value: unknown): string | undefined {
  if (!Object.hasOwn(LEAST, field)) return `there is no such limit (known: ${Object.keys(LEAST).join(', ')})`
  const least = LEAST[field as keyof ExporterLimits]
  return Number.isFinite(value) && (value as number) >= least ? undefined : `it must be a number of at least ${least}`
}

const isUse = (given: Exporter | ExporterUse): given is ExporterUse => 'exporter' in given && !('export' in given)

const BY_DEFAULT: readonly TelemetryItem['type'][] = ['call', 'group']

/**
 * The lanes of all exporters.
 *
 * @throws {OptionError} for limits and filters that cannot be right.
 */
export function lanesOf(
  exporters: readonly (Exporter | ExporterUse)[],
  parts: { readonly clock: Clock; readonly random: () => number; readonly report: (problem: Problem) => void },
): readonly ExporterLane[] {
  return exporters.map((given) => {
    const use: ExporterUse = isUse(given) ? given : { exporter: given }
    const { exporter } = use
    const filter = compileFilter(use.filter)
    const limits = limitsOf(exporter.name, [exporter.limits, use.limits])
    const lane = new Lane({ exporter, limits, wants: use.wants ?? exporter.wants ?? BY_DEFAULT, ...parts })
    const admits = (item: TelemetryItem): boolean => {
      if (item.type !== 'call' || filter === undefined) return true
      try {
        return filter(item.record)
      } catch (thrown) {
        // what its own filter fails on is not for this exporter; the others are given it
        lane.lose('withheld')
        const error = thrown instanceof Error ? thrown : new Error(String(thrown))
        parts.report({ where: `filter of exporter ${exporter.name}`, error })
        return false
      }
    }
    return { lane, admits }
  })
}
