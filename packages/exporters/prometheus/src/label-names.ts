import type { MetricDimension, MetricLabels } from '@cepa/core'
import type { Labels } from './family.ts'

const ATTRIBUTE = 'attributes.'

/** The label of a dimension: `responseModel` → `response_model`, `attributes.tenant-id` → `attribute_tenant_id`. */
export function labelNameOf(dimension: string): string {
  if (dimension.startsWith(ATTRIBUTE))
    return `attribute_${dimension.slice(ATTRIBUTE.length).replaceAll(/[^a-zA-Z0-9_]/g, '_')}`
  return dimension.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

const known = new WeakMap<MetricLabels, Labels>()

/** The labels of a row: one object for all of its samples. */
export function labelsOf(row: { readonly labels: MetricLabels }): Labels {
  const made = known.get(row.labels)
  if (made) return made
  const labels = Object.fromEntries(
    Object.entries(row.labels).map(([dimension, value]) => [labelNameOf(dimension), value]),
  )
  known.set(row.labels, labels)
  return labels
}

/** Two dimensions that would have one label; `undefined` where each has its own. */
export function sameLabel(
  dimensions: readonly MetricDimension[],
): readonly [MetricDimension, MetricDimension] | undefined {
  const seen = new Map<string, MetricDimension>()
  for (const dimension of dimensions) {
    const name = labelNameOf(dimension)
    const other = seen.get(name)
    if (other !== undefined) return [other, dimension]
    seen.set(name, dimension)
  }
  return undefined
}
