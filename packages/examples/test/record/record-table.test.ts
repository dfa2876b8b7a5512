import { METRIC_FAMILIES } from 'cepa/prometheus'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { changed, has } from './influence.ts'
import { realRecords } from './real-records.ts'
import { CALLS, GROUPS } from './sample-records.ts'
import { CALL_FIELDS, type Field, GROUP_FIELDS, wordsOf } from './shapes.ts'
import { type AnyRecord, type Arrived, collector, lineOf } from './shown.ts'
import { PAGE, type Row, rowsOf } from './table.ts'

const rows = rowsOf(PAGE)

interface Kind {
  readonly of: Row['of']
  readonly fields: readonly Field[]
  readonly samples: readonly AnyRecord[]
}

const KINDS: readonly Kind[] = [
  { of: 'call', fields: CALL_FIELDS, samples: CALLS },
  { of: 'group', fields: GROUP_FIELDS, samples: GROUPS },
]

/** What a table says wrongly of the fields that there are. */
function problemsOf(table: readonly Row[], { of, fields }: Kind): readonly string[] {
  const told = table.filter((row) => row.of === of)
  const missing = fields
    .filter(({ path }) => !told.some((row) => row.path === path))
    .map(({ path }) => `${path} has no row`)
  const wrong = told.flatMap((row) => {
    const field = fields.find(({ path }) => path === row.path)
    if (field === undefined) return [`there is no field ${row.path}`]
    return [
      row.type !== field.type && `${row.path} is ${field.type}, not ${row.type}`,
      (row.absent === 'never') === field.optional && `${row.path} may${field.optional ? '' : ' not'} be absent`,
      row.unit !== unitOf(field) && `${row.path} has the unit "${unitOf(field)}", not "${row.unit}"`,
    ].filter((problem) => problem !== false)
  })
  const order = told.map(({ path }) => path).filter((path, index, all) => all.indexOf(path) !== index)
  return [...missing, ...wrong, ...order.map((path) => `${path} has two rows`)]
}

/** The house's names carry their unit. */
const UNITS: readonly (readonly [RegExp, string])[] = [
  [/^startedAtMs$/, 'ms since 1970'],
  [/PerSecond$/, 'tokens a second'],
  [/Ms$|^ms$/, 'ms'],
  [/Usd$|^usd$|^parts$/, 'US dollars'],
  [/Tokens$/, 'tokens'],
  [/[bB]ytes/, 'bytes'],
]

function unitOf({ path, type }: Field): string {
  const name = path.split('.').at(-1) ?? ''
  return type.includes('number') ? (UNITS.find(([pattern]) => pattern.test(name))?.[1] ?? '') : ''
}

describe('the table of fields', () => {
  test.each(KINDS)('has every field of a $of, with its type and unit, and no other', (kind) => {
    expect(kind.fields.length).toBeGreaterThan(15)
    expect(problemsOf(rows, kind)).toEqual([])
  })

  test('is looked at so that what is wrong is found', () => {
    const [kind] = KINDS as [Kind]
    const planted = (path: string, more: Partial<Row>) =>
      problemsOf(
        rows.map((row) => (row.of === 'call' && row.path === path ? { ...row, ...more } : row)),
        kind,
      )
    expect(planted('durations.totalMs', { path: 'durations.wholeMs' })).toEqual([
      'durations.totalMs has no row',
      'there is no field durations.wholeMs',
    ])
    expect(planted('attempts[].status', { type: 'string' })).toEqual(['attempts[].status is number, not string'])
    expect(planted('usage.inputTokens', { absent: 'never' })).toEqual(['usage.inputTokens may be absent'])
    expect(planted('cost.usd', { unit: 'cents' })).toEqual(['cost.usd has the unit "US dollars", not "cents"'])
    expect(planted('finish', { path: 'finishRaw' })).toContain('finishRaw has two rows')
  })

  test.each(['Operation', 'EndingKind', 'Finish', 'UsageSource', 'ProviderErrorKind', 'Limit'])(
    'has the words of %s',
    (alias) => {
      const [, cell = ''] = new RegExp(`^\\| \`${alias}\` +\\|(.+)\\|$`, 'm').exec(PAGE) ?? []
      expect([...cell.matchAll(/`([^`]+)`/g)].map(([, word]) => word)).toEqual(wordsOf(alias))
    },
  )
})

describe('where fields are shown', () => {
  let backend: Awaited<ReturnType<typeof collector>>
  beforeAll(async () => {
    backend = await collector()
  })
  afterAll(() => backend.close())

  /** The samples that have a field, each with what it becomes by another value there. */
  const variantsOf = ({ path, optional }: Field, samples: readonly AnyRecord[]) =>
    samples.filter((each) => has(each, path)).map((sample) => ({ sample, others: changed(sample, path, optional) }))

  /** Those of the names in a row that no other value of its field changes at the backend. */
  async function idle(row: Row, variants: ReturnType<typeof variantsOf>): Promise<readonly string[]> {
    let left = row.attributes
    for (const { sample, others } of variants) {
      if (left.length === 0) return left
      const before = await backend.arrived(sample)
      for (const other of others) {
        const names = differing(before, await backend.arrived(other))
        left = left.filter((attribute) => !names.some((name) => stands(attribute, name)))
      }
    }
    return left
  }

  /** What a row says wrongly of where its field is shown. */
  async function wronglyShown(row: Row, field: Field, samples: readonly AnyRecord[]): Promise<readonly string[]> {
    const variants = variantsOf(field, samples)
    if (variants.length === 0) return [`no sample has ${row.path}`]
    const inLine = variants.some(({ sample, others }) => others.some((other) => lineOf(other) !== lineOf(sample)))
    return [
      ...(inLine === row.inLine ? [] : [`${row.path} is ${inLine ? '' : 'not '}in the line`]),
      ...(await idle(row, variants)).map((name) => `${name} does not depend on ${row.path}`),
    ]
  }

  test.each(KINDS)(
    'the console’s line and OpenTelemetry are as the table says: $of',
    async ({ of, fields, samples }) => {
      const wrong: string[] = []
      for (const field of fields.filter(({ path }) => path !== 'schema')) {
        const row = rows.find((each) => each.of === of && each.path === field.path) as Row
        wrong.push(...(await wronglyShown(row, field, samples)))
      }
      expect(wrong).toEqual([])
    },
  )

  test('what is shown otherwise than the table says is found', async () => {
    const planted = (path: string, more: Partial<Row>) => {
      const row = rows.find((each) => each.path === path) as Row
      const field = CALL_FIELDS.find((each) => each.path === path) as Field
      return wronglyShown({ ...row, ...more }, field, CALLS)
    }
    expect(await planted('responseId', { inLine: true })).toEqual(['responseId is not in the line'])
    expect(await planted('cost.usd', { inLine: false })).toEqual(['cost.usd is in the line'])
    expect(await planted('finishRaw', { attributes: ['gen_ai.response.id'] })).toEqual([
      'gen_ai.response.id does not depend on finishRaw',
    ])
  })

  test.each(KINDS)('whatever arrives at a backend stands in the table: $of', async ({ of, samples }) => {
    const claimed = rows.filter((row) => row.of === of).flatMap(({ attributes }) => attributes)
    const arrived = new Set<string>()
    for (const sample of samples) for (const name of (await backend.arrived(sample)).keys()) arrived.add(name)
    expect(arrived.size).toBeGreaterThan(15)
    expect([...arrived].filter((name) => !claimed.some((attribute) => stands(attribute, name)))).toEqual([])
  })
})

const differing = (before: Arrived, after: Arrived): readonly string[] =>
  [...new Set([...before.keys(), ...after.keys()])].filter((name) => before.get(name) !== after.get(name))

/** Whether a name is the one in the table, in which `<label>` stands for any. */
const stands = (attribute: string, name: string): boolean => {
  const [head = '', tail] = attribute.split(/<\w+>/)
  return tail === undefined ? attribute === name : name.startsWith(head) && name.length > head.length
}

describe('records of real calls', () => {
  let real: Awaited<ReturnType<typeof realRecords>>
  beforeAll(async () => {
    real = await realRecords()
  })

  test('have every field of the table, one or another', () => {
    const records = { call: real.calls, group: real.groups }
    const unseen = rows
      .filter(({ of, path }) => !records[of].some((record) => has(record, path)))
      .map(({ path }) => path)
    expect(unseen).toEqual([])
  })

  test('have no other', () => {
    const found = [
      ...real.calls.flatMap((each) => pathsIn(each, 'call')),
      ...real.groups.flatMap((each) => pathsIn(each, 'group')),
    ]
    expect(found.length).toBeGreaterThan(500)
    expect([...new Set(found)].filter((path) => !rows.some((row) => `${row.of} ${row.path}` === path))).toEqual([])
  })

  test('the check finds a field that has no row', () => {
    const [record] = real.calls as [AnyRecord]
    expect(pathsIn({ ...record, durations: { newMs: 1 } }, 'call')).toContain('call durations.newMs')
    expect(rows.some(({ path }) => path === 'durations.newMs')).toBe(false)
  })

  test('their sums are what the metrics of the table show', () => {
    const compared: string[] = []
    for (const { of, path, type, unit, metrics } of rows) {
      if (of !== 'call' || type !== 'number' || path.startsWith('attempts') || SCALED.test(path)) continue
      // what has the shape of something else is counted where it was spent
      const source = path.replace(/^usage\./, 'spent.')
      const values = real.calls.flatMap((record) => valuesAt(record, source))
      const sum = values.reduce((total, value) => total + value, 0) / (unit === 'ms' ? 1000 : 1)
      for (const name of metrics) {
        compared.push(name)
        expect([name, sampled(real.metrics, name)]).toEqual([name, expect.closeTo(sum, 6)])
      }
    }
    expect(compared.length).toBeGreaterThan(15)
  })

  test('every label of the table is there, and every metric of a call or attempt is in the table', () => {
    const claimed = rows.flatMap(({ metrics }) => metrics)
    const labels = claimed.flatMap((name) => /^\{(\w+)(?:<label>)?\}$/.exec(name)?.[1] ?? [])
    for (const label of labels) expect(real.metrics).toMatch(new RegExp(`[{,]${label}\\w*="`))
    const names = claimed.filter((name) => !name.startsWith('{'))
    const families = METRIC_FAMILIES.map(({ name }) => name).filter((name) => !OF_NO_RECORD.test(name))
    expect([...new Set(names)].toSorted()).toEqual(families.toSorted())
  })
})

/** Metrics of how things stand, and of telemetry itself. */
const OF_NO_RECORD = /^(?:calls_in_flight|provider_state|label_overflow_total|telemetry_\w+|exporter_\w+)$/
/** A mean, which the metric shows times its count. */
const SCALED = /\.meanMs$/

/** Where the fields of a shape stand that the table tells once. */
const SHAPES = new Map(
  CALL_FIELDS.filter(({ path, holds }) => holds && CALL_FIELDS.some((each) => isWithin(each.path, path))).map(
    ({ type, path }) => [type.replace('[]', ''), path] as const,
  ),
)

function isWithin(path: string, holder: string): boolean {
  return path.startsWith(`${holder}.`) || path.startsWith(`${holder}[].`)
}

/** The paths of all that is in a record, each with the kind of record whose table has it. */
function pathsIn(record: object, of: Row['of']): readonly string[] {
  const { fields } = KINDS.find((kind) => kind.of === of) as Kind
  const walk = (value: object, prefix: string, at: Row['of']): string[] =>
    Object.entries(value).flatMap(([name, inner]) => {
      const path = `${prefix}${name}`
      const field = (at === of ? fields : CALL_FIELDS).find((each) => each.path === path)
      const told = `${at} ${path}`
      if (field === undefined || !field.holds) return [told]
      const isTold = fields.some((each) => isWithin(each.path, path)) && at === of
      const place = isTold ? path : (SHAPES.get(field.type.replace('[]', '')) ?? path)
      const kind = isTold ? at : 'call'
      const inside = Array.isArray(inner) ? inner : [inner]
      const mark = isListed(place) ? '[].' : '.'
      return [told, ...inside.flatMap((each) => walk(each as object, `${place}${mark}`, kind))]
    })
  return walk(record, '', of)
}

const isListed = (path: string): boolean =>
  [...CALL_FIELDS, ...GROUP_FIELDS].some((field) => field.path.startsWith(`${path}[].`))

/** The numbers at a path without lists. */
function valuesAt(record: unknown, path: string): readonly number[] {
  let value = record
  for (const name of path.split('.')) value = (value as Record<string, unknown> | undefined)?.[name]
  return typeof value === 'number' ? [value] : []
}

/** Sum of the samples of a metric: of a counter, or of the sums of a histogram. */
function sampled(text: string, name: string): number {
  const suffix = METRIC_FAMILIES.find((family) => family.name === name)?.type === 'histogram' ? '_sum' : ''
  const lines = text.matchAll(new RegExp(`^cepa_${name}${suffix}(?:\\{.*\\})? (\\S+)$`, 'gm'))
  return [...lines].reduce((sum, [, value]) => sum + Number(value), 0)
}
