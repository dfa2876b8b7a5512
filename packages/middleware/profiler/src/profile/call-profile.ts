import type { OverCall } from '../over-call.ts'
import type { ProfileReport } from './profile-data.ts'
import { profileReport } from './profile-report.ts'
import { SeriesTable } from './series-table.ts'
import { StackPlaces } from './stack-places.ts'

/** What the calls of one profiler came to. */
export class CallProfile {
  readonly #maxModels: number
  #table: SeriesTable
  #places: StackPlaces = new StackPlaces()

  constructor(maxModels: number) {
    this.#maxModels = maxModels
    this.#table = new SeriesTable(maxModels)
  }

  add({ answerer, times }: OverCall): void {
    this.#table.at(answerer).add(times, this.#places)
  }

  report(by?: 'provider' | 'model'): ProfileReport {
    return profileReport(this.#table, this.#places, by)
  }

  reset(): void {
    this.#table = new SeriesTable(this.#maxModels)
    this.#places = new StackPlaces()
  }
}
