import type { Labels, MetricFamily, Sample, View } from './family.ts'

/**
 * What the text is called in HTTP.
 *
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */
export const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

const escapeText = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
const escapeValue = (text: string): string => escapeText(text).replaceAll('"', '\\"')

const pair = (name: string, value: string): string => `${name}="${escapeValue(value)}"`

const pairsOf = (labels: Labels): string =>
  Object.entries(labels)
    .flatMap(([name, value]) => (value === undefined ? [] : [pair(name, value)]))
    .join(',')

/** Writes labels; those that many samples share are written once. */
function labelWriter(shared: Labels): (sample: Sample) => string {
  const first = pairsOf(shared)
  const written = new Map<Labels, string>()
  return ({ labels, own }) => {
    const row = written.get(labels) ?? pairsOf(labels)
    written.set(labels, row)
    const all = [first, row, own ? pair(...own) : ''].filter((part) => part !== '')
    return all.length === 0 ? '' : `{${all.join(',')}}`
  }
}

function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value)
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'
}

/** What is put before every name, and on every sample. */
export interface Naming {
  readonly prefix: string
  readonly labels: Labels
}

/** Everything that is seen, in Prometheus' text format. */
export function expose(families: readonly MetricFamily[], view: View, { prefix, labels }: Naming): string {
  const labelsOf = labelWriter(labels)
  let text = ''
  for (const family of families) {
    const name = `${prefix}${family.name}`
    text += `# HELP ${name} ${escapeText(family.help)}\n# TYPE ${name} ${family.type}\n`
    for (const sample of family.samples(view)) {
      text += `${name}${sample.suffix ?? ''}${labelsOf(sample)} ${numberText(sample.value)}\n`
    }
  }
  return text
}
