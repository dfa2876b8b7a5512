import {
  checkOptions,
  type Exporter,
  type ExporterLimits,
  group as fields,
  list,
  number,
  type OptionFinding,
  type OptionRules,
  oneOf,
  type Rule,
  required,
  type TelemetryItem,
} from '@cepa/core'
import { FILTER, type RecordFilter } from '../filter.ts'

/** An exporter with how it is used, where that differs from what it likes itself. */
export interface ExporterUse {
  readonly exporter: Exporter
  /** Calls that it is told of, of those that are kept: their records, notes and groups. Default: all. */
  readonly filter?: RecordFilter
  /** Kinds of items that it is given. Default: what it wants. */
  readonly wants?: readonly TelemetryItem['type'][]
  readonly limits?: ExporterLimits
}

const DEFAULT_LIMITS: Required<ExporterLimits> = {
  maxBatchItems: 512,
  maxBatchBytes: 1_048_576,
  delayMs: 1000,
  timeoutMs: 10_000,
  retries: 5,
  maxQueueItems: 4096,
  maxQueueBytes: 16_777_216,
}

const BY_DEFAULT: readonly TelemetryItem['type'][] = ['call', 'group']

const LIMITS: OptionRules<ExporterLimits> = {
  maxBatchItems: number({ min: 1 }),
  maxBatchBytes: number({ min: 1 }),
  delayMs: number({ min: 0 }),
  timeoutMs: number({ min: 1 }),
  retries: number({ min: 0 }),
  maxQueueItems: number({ min: 1 }),
  maxQueueBytes: number({ min: 1 }),
}

const TYPES = list(oneOf<TelemetryItem['type']>(['call', 'group', 'note', 'loss']))

/** What an exporter may want; one that wants nothing would be forgotten in silence. */
const WANTS: Rule<readonly TelemetryItem['type'][]> = {
  ...TYPES,
  expects: `${TYPES.expects}; at least one`,
  accepts: (value): value is readonly TelemetryItem['type'][] => TYPES.accepts(value) && value.length > 0,
}

/** What an exporter likes, or its user says otherwise. */
type Liked = Pick<Exporter, 'wants' | 'limits'>

const LIKED: OptionRules<Liked> = { wants: WANTS, limits: fields<ExporterLimits>(LIMITS) }

const isExporter = (value: unknown): value is Exporter => {
  const { name, export: run } = (value ?? {}) as Partial<Exporter>
  return typeof name === 'string' && name !== '' && typeof run === 'function'
}

const USE_RULES: OptionRules<ExporterUse> = {
  exporter: required<Exporter>({
    expects: 'an exporter (an object with name and export())',
    kind: 'function',
    accepts: isExporter,
  }),
  filter: FILTER,
  ...LIKED,
}

const USE: Rule<ExporterUse> = fields<ExporterUse>(USE_RULES)

const isUse = (given: unknown): given is ExporterUse =>
  typeof given === 'object' && given !== null && 'exporter' in given && !('export' in given)

export const exporterOf = (given: Exporter | ExporterUse): Exporter => (isUse(given) ? given.exporter : given)

/** Where a field is unknown, the fields that there are. */
function withFields(found: OptionFinding): OptionFinding {
  if (found.expects !== '') return found
  const known = Object.keys(found.path.startsWith('limits.') ? LIMITS : USE_RULES)
  return { ...found, expects: `called otherwise: there is no such field (known: ${known.join(', ')})` }
}

/** What stands in the list of exporters. */
export const EXPORTER: Rule<Exporter | ExporterUse> = {
  expects: 'an exporter (an object with name and export()), or { exporter, filter, wants, limits }',
  kind: 'function',
  accepts: (value): value is Exporter | ExporterUse => (isUse(value) ? USE.accepts(value) : isExporter(value)),
  locate(value) {
    const found = isUse(value) ? USE.locate?.(value) : undefined
    return found && withFields(found)
  },
}

/** How an exporter is used, with what it likes itself and the defaults. */
export interface WholeUse {
  readonly exporter: Exporter
  readonly filter: RecordFilter | undefined
  readonly wants: readonly TelemetryItem['type'][]
  readonly limits: Required<ExporterLimits>
}

const given = <T extends object>(values: T): Partial<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>

/** Fills in what was left out. @throws {OptionError} for an exporter that likes what cannot be right. */
export function wholeUse(one: Exporter | ExporterUse): WholeUse {
  const use: Partial<ExporterUse> = isUse(one) ? one : {}
  const exporter = exporterOf(one)
  const { wants, limits } = exporter
  const own = checkOptions<Liked, typeof LIKED>(`exporter ${exporter.name}`, LIKED, { wants, limits } as Liked)
  return {
    exporter,
    filter: use.filter,
    wants: use.wants ?? own.wants ?? BY_DEFAULT,
    limits: { ...DEFAULT_LIMITS, ...given(own.limits ?? {}), ...given(use.limits ?? {}) } as Required<ExporterLimits>,
  }
}
