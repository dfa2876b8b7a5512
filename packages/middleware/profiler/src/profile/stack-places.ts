import type { SelfTime } from '@cepa/core'

/** Most layers that are told apart, over all pipelines. */
const MAX_PLACES = 256

/** A layer in its place. */
export interface StackPlace {
  /** What series keep its times under. */
  readonly id: number
  readonly pipeline: string
  readonly layer: string
}

const OTHER = 'other'

/**
 * The layers that were seen, in the order of their stacks. Not every call enters every layer: one that is new stands behind the one
 * that it was seen behind.
 */
export class StackPlaces {
  readonly #known = new Map<string, Map<string, StackPlace>>()
  readonly #ordered: StackPlace[] = []
  #overflow: StackPlace | undefined

  /** All of them, outermost first, pipeline by pipeline. */
  get ordered(): readonly StackPlace[] {
    return this.#overflow ? [...this.#ordered, this.#overflow] : this.#ordered
  }

  /** The place of the layer of a row; `previous`: that of the row before it in the same call. */
  of({ pipeline, layer }: SelfTime, previous: StackPlace | undefined): StackPlace {
    if (previous?.layer === layer && previous.pipeline === pipeline) return previous
    return this.#known.get(pipeline)?.get(layer) ?? this.#open(pipeline, layer, previous)
  }

  #open(pipeline: string, layer: string, previous: StackPlace | undefined): StackPlace {
    const id = this.#ordered.length
    if (id === MAX_PLACES) {
      this.#overflow ??= { id, pipeline: OTHER, layer: OTHER }
      return this.#overflow
    }
    const place: StackPlace = { id, pipeline, layer }
    const layers = this.#known.get(pipeline) ?? new Map<string, StackPlace>()
    this.#known.set(pipeline, layers.set(layer, place))
    this.#ordered.splice(this.#positionFor(pipeline, previous), 0, place)
    return place
  }

  #positionFor(pipeline: string, previous: StackPlace | undefined): number {
    if (previous?.pipeline === pipeline && previous !== this.#overflow) return this.#ordered.indexOf(previous) + 1
    const first = this.#ordered.findIndex((each) => each.pipeline === pipeline)
    return first < 0 ? this.#ordered.length : first
  }
}
