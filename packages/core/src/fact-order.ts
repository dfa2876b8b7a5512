import type { AnyFactKey } from './fact.ts'
import type { AnyMiddleware } from './middleware.ts'

/** A layer reads a fact that must come to it from its own side: an in-fact from further out, an out-fact from further in (rule P5). */
export interface FactNeed {
  readonly reader: string
  readonly key: AnyFactKey
  /** The other layers of the stack that give the fact. One of them must stand on the right side. */
  readonly givers: readonly string[]
}

/**
 * What the layers of a stack need of each other. A required in-fact is always a need; an in-fact that can be done without, and an
 * out-fact, only where a layer of the stack gives it.
 */
export const factNeedsOf = (layers: readonly AnyMiddleware[]): readonly FactNeed[] =>
  layers.flatMap((layer) =>
    layer.reads.flatMap((key) => {
      const giving = layers.filter((other) => other !== layer && other.gives.some(({ name }) => name === key.name))
      const needed = giving.length > 0 || (key.direction === 'in' && key.required)
      return needed ? [{ reader: layer.name, key, givers: giving.map(({ name }) => name) }] : []
    }),
  )

/** The givers of a need that stand on the right side, if `outside` are the layers further out than the reader. */
export const rightGivers = ({ key, givers }: FactNeed, outside: readonly string[]): readonly string[] =>
  givers.filter((giver) => outside.includes(giver) === (key.direction === 'in'))

/** Whether a layer can be the next one further in, after `outside`: its own needs are met, and it is not the last hope of another's. */
export function mayFollow(name: string, outside: readonly string[], needs: readonly FactNeed[]): boolean {
  return needs.every((need) => {
    const { reader, key, givers } = need
    if (reader === name) return rightGivers(need, outside).length > 0
    if (key.direction === 'in' || outside.includes(reader) || !givers.includes(name)) return true
    return givers.some((giver) => giver !== name && !outside.includes(giver))
  })
}
