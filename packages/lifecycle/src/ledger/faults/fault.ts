import type { Surface } from '../compare/surfaces.ts'
import type { Evidence } from '../stage/evidence.ts'

/** Something wrong with what was told, to show that the comparison finds it. */
export interface PlantedFault {
  readonly name: string
  /** Where it is. */
  readonly surface: Surface
  readonly plant: (evidence: Evidence) => Evidence
  /** What must be found: at least one finding for each. */
  readonly finds: readonly RegExp[]
}

/** Changes the first for which something holds. @throws {Error} where there is none: then nothing was planted. */
export function changeFirst<T>(
  items: readonly T[],
  holds: (item: T) => boolean,
  change: (item: T) => readonly T[],
): T[] {
  const at = items.findIndex(holds)
  if (at === -1) throw new Error('there is nothing to plant the fault in')
  return [...items.slice(0, at), ...change(items[at] as T), ...items.slice(at + 1)]
}
