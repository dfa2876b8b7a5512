import type { Clock, Exporter, TelemetryItem } from '@cepa/core'
import { compileFilter, type RecordFilter } from '../filter.ts'
import type { Problem } from '../problem.ts'
import { type ExporterUse, exporterOf, type WholeUse, wholeUse } from './exporter-use.ts'
import { Lane } from './lane.ts'
import type { Waiting } from './lane-queue.ts'

/** A lane, and which calls it is told of. */
export interface ExporterLane {
  readonly lane: Lane
  /** Whether it is told of some calls only. */
  readonly filters: boolean
  readonly admits: (item: TelemetryItem & { readonly type: 'call' }) => boolean
}

/** Puts an item into those of some lanes that want its kind. */
export function offer(waiting: Waiting, lanes: readonly ExporterLane[]): void {
  for (const { lane } of lanes) if (lane.wants(waiting.item.type)) lane.offer(waiting)
}

interface LaneParts {
  readonly clock: Clock
  readonly random: () => number
  readonly report: (problem: Problem) => void
}

/** Names that tell exporters apart: the second `file` is `file-2`. */
function ownNames(names: readonly string[]): readonly string[] {
  const taken = new Set(names)
  const seen = new Set<string>()
  return names.map((name) => {
    let own = name
    for (let number = 2; seen.has(own) || (own !== name && taken.has(own)); number++) own = `${name}-${number}`
    seen.add(own)
    return own
  })
}

function laneOf({ exporter, filter, wants, limits }: WholeUse, name: string, parts: LaneParts): ExporterLane {
  const lane = new Lane({ name, exporter, limits, wants, ...parts })
  return { lane, filters: filter !== undefined, admits: admitting(lane, filter, parts) }
}

/** What its own filter fails on is not for this exporter; the others are given it. */
function admitting(lane: Lane, filter: RecordFilter | undefined, { report }: LaneParts): ExporterLane['admits'] {
  const admits = compileFilter(filter)
  return ({ record }) => {
    try {
      return admits?.(record) ?? true
    } catch (thrown) {
      lane.lose('withheld')
      const error = thrown instanceof Error ? thrown : new Error(String(thrown))
      report({ where: `filter of exporter ${lane.name}`, error })
      return false
    }
  }
}

/**
 * The lanes of all exporters.
 *
 * @throws {OptionError} for limits and filters that cannot be right.
 */
export function lanesOf(exporters: readonly (Exporter | ExporterUse)[], parts: LaneParts): readonly ExporterLane[] {
  const names = ownNames(exporters.map((each) => exporterOf(each).name))
  return exporters.map((each, index) => laneOf(wholeUse(each), names[index] as string, parts))
}
