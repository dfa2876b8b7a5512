import { type CallTimes, Quantiles } from '@cepa/core'
import { LayerTimes } from './layer-times.ts'
import type { StackPlace, StackPlaces } from './stack-places.ts'

/** Where the time of the calls of one model went. */
export class CallSeries {
  /** Milliseconds per call. */
  readonly wall: Quantiles = new Quantiles()
  readonly provider: Quantiles = new Quantiles()
  readonly consumer: Quantiles = new Quantiles()
  /** By id of their place. */
  readonly layers: (LayerTimes | undefined)[] = []
  events = 0
  timedEvents = 0

  /** Takes in a call that is over. */
  add(times: CallTimes, places: StackPlaces): void {
    const { events } = times
    this.wall.record(times.wallMs)
    this.provider.record(times.providerMs)
    this.consumer.record(times.consumerMs)
    this.events += events
    this.timedEvents += times.timedEvents
    const open: LayerTimes[] = []
    let place: StackPlace | undefined
    for (const row of times.self) {
      place = places.of(row, place)
      const layer = this.#layer(place.id)
      if (!layer.isOpen) open.push(layer)
      layer.add(row)
    }
    for (const layer of open) layer.close(events)
  }

  merge(other: CallSeries): void {
    this.wall.merge(other.wall)
    this.provider.merge(other.provider)
    this.consumer.merge(other.consumer)
    this.events += other.events
    this.timedEvents += other.timedEvents
    for (const [id, layer] of other.layers.entries()) if (layer) this.#layer(id).merge(layer)
  }

  #layer(id: number): LayerTimes {
    const known = this.layers[id]
    if (known) return known
    const made = new LayerTimes()
    this.layers[id] = made
    return made
  }
}
