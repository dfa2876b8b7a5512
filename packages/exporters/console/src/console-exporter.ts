import type { Exporter, ExporterLimits, ExportResult, TelemetryItem } from '@cepa/core'
import {
  type ConsoleExporterOptions,
  type ConsoleExporterSettings,
  type ConsoleTarget,
  checkConsoleOptions,
} from './console-options.ts'
import { textOf } from './lines.ts'

interface Platform {
  readonly console: ConsoleTarget
  readonly process?: {
    readonly env?: Readonly<Record<string, string | undefined>>
    readonly stdout?: { readonly isTTY?: boolean }
  }
}

const platform = globalThis as unknown as Platform

/** Whether a person at a terminal reads along, and wants colours. @see https://no-color.org */
function wantsColors(): boolean {
  const { process } = platform
  return process?.stdout?.isTTY === true && !process.env?.NO_COLOR && process.env?.TERM !== 'dumb'
}

class ConsoleExporter implements Exporter {
  readonly name: string
  readonly wants: readonly TelemetryItem['type'][]
  /** People wait for lines. */
  readonly limits: ExporterLimits = { delayMs: 0 }
  readonly #settings: ConsoleExporterSettings

  constructor(settings: ConsoleExporterSettings) {
    this.name = settings.name
    this.wants = settings.notes ? ['call', 'group', 'note', 'loss'] : ['call', 'group', 'loss']
    this.#settings = settings
  }

  export(items: readonly TelemetryItem[]): ExportResult {
    const { form, colors = wantsColors() } = this.#settings
    try {
      // all texts first: where one cannot be made, none is written, and none is written twice
      const texts = items.map((item) => textOf(item, { form, colors }))
      // asked for each time: a test or a server may replace the console later
      const target = this.#settings.console ?? platform.console
      for (const text of texts) target.log(text)
      return { ok: true }
    } catch (error) {
      return { ok: false, error: error instanceof Error ? error : new Error(String(error)), retry: false }
    }
  }
}

/**
 * Writes a line for every finished call and group to the console: when, how it ended, how long it took, what it was, what went wrong,
 * tokens, cost, cache, attempts, labels, request id. What comes from outside cannot break a line or colour it.
 *
 * @throws {OptionError} for options that cannot be right.
 *
 * @example
 * telemetry({ exporters: [consoleExporter({ form: 'verbose' })] })
 */
export const consoleExporter = (options?: ConsoleExporterOptions): Exporter =>
  new ConsoleExporter(checkConsoleOptions(options))
