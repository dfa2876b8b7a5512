import type { Counted, Figure } from './figure.ts'
import { FIGURES, WORDS } from './figures.ts'
import { type Finding, Findings } from './findings.ts'
import { attemptsOf } from './metrics.ts'
import { samplesIn, type TextSample } from './prometheus-text.ts'
import { DIMENSIONS, type Labels, nameOfLabels, nameOfSlice, type Slice, slicesOf, sumBy, tallyOf } from './slices.ts'

const PREFIX = 'cepa_'

/** The label of a dimension. */
const labelOf = (dimension: string): string => dimension.replace('attributes.', 'attribute_')

const renamed = (labels: Labels): Labels =>
  Object.fromEntries(Object.entries(labels).map(([name, value]) => [labelOf(name), value]))

/** Samples by name and by the labels of their row. */
class Samples {
  readonly all: readonly TextSample[]
  readonly #byRow = new Map<string, TextSample[]>()

  constructor(text: string) {
    this.all = samplesIn(text)
    const dimensions = new Set(DIMENSIONS.map(labelOf))
    for (const sample of this.all) {
      const row = Object.fromEntries(Object.entries(sample.labels).filter(([name]) => dimensions.has(name)))
      const key = `${sample.name} ${nameOfLabels(row)}`
      this.#byRow.set(key, [...(this.#byRow.get(key) ?? []), sample])
    }
  }

  of(name: string, labels: Labels): readonly TextSample[] {
    return this.#byRow.get(`${PREFIX}${name} ${nameOfLabels(renamed(labels))}`) ?? []
  }
}

const valueIn = ({ value }: TextSample): number => value

/** A figure in its sample's unit. */
const inUnit = (figure: Figure, calls: readonly Counted[]): number => sumBy(calls, figure.of) / (figure.divisor ?? 1)

function compareSlice(samples: Samples, slice: Slice): readonly Finding[] {
  const findings = new Findings(`Prometheus: ${nameOfSlice(slice)}`)
  for (const figure of FIGURES) {
    for (const name of figure.samples) {
      const seen = sumBy(samples.of(name, slice.labels), valueIn)
      findings.near(name, { seen, expected: inUnit(figure, slice.calls) }, figure.rounding)
    }
  }
  for (const { of, sample } of WORDS) {
    if (sample === undefined) continue
    const seen = new Map(
      samples.of(sample.name, slice.labels).map(({ labels, value }) => [labels[sample.label], value] as const),
    )
    const expected = tallyOf(slice.calls, ({ account }) => of(account))
    for (const word of new Set([...seen.keys(), ...expected.keys()]))
      findings.same(`${sample.name} ${word}`, seen.get(word) ?? 0, expected.get(word ?? '') ?? 0)
  }
  return findings.found
}

/** All of a metric, whatever its labels: nothing may be left that belongs to no slice. */
function compareTotals({ all }: Samples, calls: readonly Counted[]): readonly Finding[] {
  const findings = new Findings('Prometheus: all')
  for (const figure of FIGURES) {
    for (const name of figure.samples) {
      const seen = sumBy(
        all.filter((sample) => sample.name === PREFIX + name),
        valueIn,
      )
      findings.near(name, { seen, expected: inUnit(figure, calls) }, figure.rounding * 10)
    }
  }
  return findings.found
}

function compareBuckets({ all }: Samples, calls: readonly Counted[]): readonly Finding[] {
  const findings = new Findings('Prometheus: all')
  const name = `${PREFIX}call_input_tokens_bucket`
  const buckets = Map.groupBy(
    all.filter((sample) => sample.name === name),
    ({ labels }) => labels.le ?? '',
  )
  const values = calls.flatMap(({ account }) => account.spent?.inputTokens ?? [])
  findings.holds(`${name} is there`, buckets.size > 0, buckets.size)
  for (const [le, samples] of buckets) {
    const bound = le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le)
    findings.same(`${name} ${le}`, sumBy(samples, valueIn), values.filter((value) => value <= bound).length)
  }
  return findings.found
}

function compareAttempts(samples: Samples, calls: readonly Counted[]): readonly Finding[] {
  const findings = new Findings('Prometheus: attempts')
  const attempts = attemptsOf(calls)
  const rows = new Map(attempts.map(({ labels }) => [nameOfLabels(labels), labels]))
  for (const [name, labels] of rows) {
    const own = attempts.filter((attempt) => nameOfLabels(attempt.labels) === name)
    const errors = own.filter(({ errorKind }) => errorKind !== undefined)
    const sumOf = (metric: string): number => sumBy(samples.of(metric, labels), valueIn)
    findings.same(`attempts_total ${name}`, sumOf('attempts_total'), own.length)
    findings.same(`attempt_errors_total ${name}`, sumOf('attempt_errors_total'), errors.length)
    findings.same(`attempt_duration_seconds_count ${name}`, sumOf('attempt_duration_seconds_count'), own.length)
  }
  return findings.found
}

/** What the text says otherwise than the ledgers. */
export function comparePrometheus(text: string, calls: readonly Counted[]): readonly Finding[] {
  const samples = new Samples(text)
  return [
    ...slicesOf(calls, DIMENSIONS).flatMap((slice) => compareSlice(samples, slice)),
    ...compareTotals(samples, calls),
    ...compareBuckets(samples, calls),
    ...compareAttempts(samples, calls),
  ]
}
