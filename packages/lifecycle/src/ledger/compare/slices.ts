import type { MetricDimension } from '@cepa/core'
import type { Account } from '../account/account.ts'
import type { Counted } from './figure.ts'

/** What calls are told apart by. */
export const DIMENSIONS: readonly MetricDimension[] = [
  'operation',
  'mode',
  'provider',
  'model',
  'ending',
  'attributes.tenant',
]

/** Values by dimension, or by label. */
export type Labels = Readonly<Record<string, string>>

/** The values of a call. */
export const labelsOf = ({ line, ending }: Account): Labels => ({
  operation: line.draft.operation,
  mode: line.draft.mode,
  provider: line.draft.provider,
  model: line.request.model,
  ending,
  'attributes.tenant': line.tenant,
})

/** Calls that have the same values. */
export interface Slice {
  readonly labels: Labels
  readonly calls: readonly Counted[]
}

/** Cuts calls by some dimensions. */
export function slicesOf(calls: readonly Counted[], by: readonly MetricDimension[]): readonly Slice[] {
  const slices = new Map<string, { labels: Labels; calls: Counted[] }>()
  for (const counted of calls) {
    const all = labelsOf(counted.account)
    const labels = Object.fromEntries(by.map((name) => [name, all[name] as string]))
    const name = nameOfLabels(labels)
    const slice = slices.get(name) ?? { labels, calls: [] }
    slice.calls.push(counted)
    slices.set(name, slice)
  }
  return [...slices.values()]
}

/** Labels as a text, the same in whatever order they come. */
export const nameOfLabels = (labels: Labels): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join(' ')

/** Most calls that are named. */
const NAMED = 4

/** A slice as people read it, with the first of its lines. */
export function nameOfSlice({ labels, calls }: Slice): string {
  const keys = calls.slice(0, NAMED).map(({ account }) => account.key)
  const more = calls.length > NAMED ? `, … ${calls.length} calls` : ''
  return `${nameOfLabels(labels) || 'all'} [${keys.join(', ')}${more}]`
}

/** The sum over what is known. */
export const sumBy = <T>(items: readonly T[], of: (item: T) => number | undefined): number =>
  items.reduce((sum, item) => sum + (of(item) ?? 0), 0)

/** How often each word comes. */
export function tallyOf<T>(items: readonly T[], of: (item: T) => string | undefined): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const item of items) {
    const word = of(item)
    if (word !== undefined) counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  return counts
}
