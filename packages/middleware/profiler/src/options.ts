import {
  anyOf,
  checkOptions,
  dataOf,
  func,
  group,
  integer,
  number,
  type OptionRules,
  oneOf,
  record,
  text,
} from '@cepa/core'
import { consoleReport, guarded, type ProfilerProblem } from './problem.ts'
import type { SlowCall } from './slow-call.ts'

/** From how many milliseconds on a call is slow, by who answers it. The most specific one holds. */
export interface SlowThresholds {
  /** By provider: `{ ollama: 120_000 }`. */
  readonly providers?: Readonly<Record<string, number>>
  /** By model, or by provider and model: `{ 'o3-pro': 300_000, 'ollama/llama3': 60_000 }`. */
  readonly models?: Readonly<Record<string, number>>
}

/** What {@link profiler} takes. */
export interface ProfilerOptions<TName extends string = string> {
  /** Another name. Default: `profiler`. */
  readonly name?: TName
  /** Pairs of provider and model that are told apart; the calls of further ones count as `other`. From 1 to 10,000, default 64. */
  readonly maxModels?: number
  /** How many of the last calls are kept for `chromeTrace()`. From 0 to 1,000, default 32. */
  readonly keepCalls?: number
  /**
   * A call that takes longer than so many milliseconds is slow; `false`: none is, but by `slow`. What its reader took does not count.
   * Default: 30,000.
   */
  readonly slowMs?: number | false
  /** Other thresholds for single providers and models. Default: none. */
  readonly slow?: SlowThresholds
  /** Told of every slow call when it is over. What it throws is a fault of this layer. Default: none. */
  readonly onSlowCall?: (slow: SlowCall) => unknown
  /** Told of what fails beside calls, such as what a listener promised. Default: a line on the console, once for each kind. */
  readonly report?: (problem: ProfilerProblem) => void
}

const THRESHOLD = record(number({ min: 0 }))

const RULES = {
  name: text({ pattern: /^[a-z][A-Za-z0-9]*$/, expects: 'a camelCase identifier', default: 'profiler' }),
  maxModels: integer({ min: 1, max: 10_000, default: 64 }),
  keepCalls: integer({ min: 0, max: 1000, default: 32 }),
  slowMs: { ...anyOf(number({ min: 0 }), oneOf<false>([false])), default: 30_000 },
  slow: group<SlowThresholds>({ providers: THRESHOLD, models: THRESHOLD }),
  onSlowCall: func<(slow: SlowCall) => unknown>(),
  report: func<(problem: ProfilerProblem) => void>(),
} satisfies OptionRules<ProfilerOptions>

/** The rules of all options, with their defaults. */
export const PROFILER_RULES: OptionRules<ProfilerOptions> = RULES

type Defaulted = 'name' | 'maxModels' | 'keepCalls' | 'slowMs'

/** Options that were checked by {@link PROFILER_RULES}. */
export type CheckedOptions = ProfilerOptions & Required<Pick<ProfilerOptions, Defaulted>>

/** Options as they hold, with every default. */
export interface Settings extends CheckedOptions {
  readonly report: (problem: ProfilerProblem) => void
  /** The same as data, for `explain()`. */
  readonly data: Readonly<Record<string, unknown>>
}

/** Checked options with the defaults that depend on others. */
export function settingsFrom(checked: CheckedOptions, data: Readonly<Record<string, unknown>>): Settings {
  const { name: _, ...rest } = data
  const { name, report } = checked
  return { ...checked, report: report ? guarded(report, name) : consoleReport(name), data: rest }
}

/** Checks options and fills in the defaults. @throws {OptionError} */
export function settingsOf(given: ProfilerOptions | undefined): Settings {
  const checked = checkOptions<ProfilerOptions, typeof RULES>('profiler', RULES, given)
  return settingsFrom(checked, dataOf<ProfilerOptions>(RULES, checked))
}
