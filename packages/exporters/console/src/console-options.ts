import { checkOptions, flag, having, type OptionRules, oneOf, text } from '@cepa/core'

/** How a record looks: one line; the line and below it all that the record says; the record as JSON. */
export type ConsoleForm = 'line' | 'verbose' | 'json'

/** What lines are written with. */
export interface ConsoleTarget {
  /** Writes one text and a newline. */
  log(text: string): void
}

/** What {@link consoleExporter} takes. */
export interface ConsoleExporterOptions {
  /** Default: `line`. */
  readonly form?: ConsoleForm
  /** Colours and short local times. Default: where standard output is a terminal and `NO_COLOR` is not set. Never in JSON. */
  readonly colors?: boolean
  /** Shows notes too: what happens in calls while they run. Default: `false`. */
  readonly notes?: boolean
  /** Default: the global `console`; on Node that is standard output. */
  readonly console?: ConsoleTarget
  /** For errors and drop counters. Default: `console`. */
  readonly name?: string
}

const RULES = {
  form: oneOf(['line', 'verbose', 'json'], { default: 'line' }),
  colors: flag(),
  notes: flag({ default: false }),
  console: having<ConsoleTarget>('log'),
  name: text({ default: 'console' }),
} satisfies OptionRules<ConsoleExporterOptions>

/** The options after the check: those that have a default are there. */
export type ConsoleExporterSettings = ConsoleExporterOptions &
  Required<Pick<ConsoleExporterOptions, 'form' | 'notes' | 'name'>>

/** Checks the options and fills in the defaults. */
export const checkConsoleOptions = (given?: ConsoleExporterOptions): ConsoleExporterSettings =>
  checkOptions<ConsoleExporterOptions, typeof RULES>('consoleExporter', RULES, given)
