/** One sample of Prometheus' text format. */
export interface TextSample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"(?:,|$)/g

const unescaped = (text: string): string =>
  text.replaceAll(/\\(.)/g, (_whole, escaped: string) => (escaped === 'n' ? '\n' : escaped))

const numberOf = (text: string): number => {
  if (text === '+Inf') return Number.POSITIVE_INFINITY
  return text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text)
}

/**
 * Reads Prometheus' text format.
 *
 * @throws {Error} for a line that is neither a comment nor a sample.
 *
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 *
 * @example
 * samplesIn('calls_total{ending="done"} 3\n') // → [{ name: 'calls_total', labels: { ending: 'done' }, value: 3 }]
 */
export function samplesIn(text: string): readonly TextSample[] {
  return text.split('\n').flatMap((line) => {
    if (line === '' || line.startsWith('#')) return []
    const [, name, labels = '', value] = SAMPLE.exec(line) ?? []
    if (name === undefined || value === undefined) throw new Error(`no sample: ${line}`)
    const pairs = [...labels.matchAll(LABEL)].map(([, label, given]) => [label, unescaped(given ?? '')] as const)
    return [{ name, labels: Object.fromEntries(pairs), value: numberOf(value) }]
  })
}
