import { flag, OptionError, type Rule } from '@cepa/core'
import { CAPTURE, HASH_KEY, LEVEL, MAX_CONTENT_BYTES, SAMPLE_RULES, type TelemetryOptions } from './options.ts'

type Read = (text: string) => unknown

const asText: Read = (text) => text
const asNumber: Read = (text) => (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : text)
const asFlag: Read = (text) => ({ true: true, '1': true, false: false, '0': false })[text.toLowerCase()] ?? text

/** An environment variable and the option that it stands for where the code leaves that out. */
export interface Variable {
  readonly variable: string
  readonly option: string
  readonly read: (text: string) => unknown
  readonly rule: Rule<unknown>
}

/** All of them. An option that is given in code stands. */
export const VARIABLES: readonly Variable[] = [
  { variable: 'CEPA_TELEMETRY', option: 'level', read: asText, rule: LEVEL },
  { variable: 'CEPA_TELEMETRY_RATIO', option: 'sample.ratio', read: asNumber, rule: SAMPLE_RULES.ratio },
  { variable: 'CEPA_TELEMETRY_KEEP_ERRORS', option: 'sample.keepErrors', read: asFlag, rule: SAMPLE_RULES.keepErrors },
  { variable: 'CEPA_TELEMETRY_SLOW_MS', option: 'sample.slowMs', read: asNumber, rule: SAMPLE_RULES.slowMs },
  { variable: 'CEPA_TELEMETRY_COSTLY_USD', option: 'sample.costlyUsd', read: asNumber, rule: SAMPLE_RULES.costlyUsd },
  {
    variable: 'CEPA_TELEMETRY_RECORDS_PER_SECOND',
    option: 'sample.recordsPerSecond',
    read: asNumber,
    rule: SAMPLE_RULES.recordsPerSecond,
  },
  { variable: 'CEPA_TELEMETRY_CAPTURE', option: 'capture', read: asText, rule: CAPTURE },
  { variable: 'CEPA_TELEMETRY_MAX_CONTENT_BYTES', option: 'maxContentBytes', read: asNumber, rule: MAX_CONTENT_BYTES },
  { variable: 'CEPA_TELEMETRY_HASH_KEY', option: 'hashKey', read: asText, rule: HASH_KEY },
  { variable: 'CEPA_TELEMETRY_PROPAGATE', option: 'propagate', read: asFlag, rule: flag() },
]

type Environment = Readonly<Record<string, string | undefined>>

const environment = (): Environment => (globalThis as { process?: { env?: Environment } }).process?.env ?? {}

/** What a variable says. @throws {OptionError} naming it, its value and what would be right. */
function readVariable({ variable, read, rule }: Variable, text: string): unknown {
  const value = read(text)
  if (rule.accepts(value)) return value
  const shown = rule.secret ? 'a string' : JSON.stringify(text.slice(0, 60))
  throw new OptionError({ owner: 'environment', field: variable, value: shown, remedy: `it must be ${rule.expects}` })
}

/**
 * The options with what the environment says of those that were left out. Empty variables say nothing.
 *
 * @throws {OptionError} for a variable that cannot be right.
 */
export function withEnvironment(given: TelemetryOptions, variables: Environment = environment()): TelemetryOptions {
  const top: Record<string, unknown> = { ...given }
  const sample: Record<string, unknown> = { ...given.sample }
  for (const each of VARIABLES) {
    const text = variables[each.variable]?.trim()
    if (!text) continue
    const [first, second] = each.option.split('.') as [string, string?]
    const [target, field] = second === undefined ? [top, first] : [sample, second]
    const value = readVariable(each, text)
    target[field] ??= value
  }
  return { ...top, ...(Object.keys(sample).length > 0 && { sample }) }
}
