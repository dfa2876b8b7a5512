import type { telemetry as portable } from '@cepa/middleware-telemetry'
import { telemetry as platform } from '#platform-telemetry'

/**
 * `telemetry()` of `@cepa/middleware-telemetry`: one record of every call, handed to exporters. On Node it also publishes on the
 * diagnostics channels `cepa:call`, `cepa:group` and `cepa:note`, which costs nothing while nobody subscribes.
 *
 * @throws {OptionError} for options, or environment variables that stand for them, that cannot be right.
 *
 * @example
 * const watch = telemetry({ exporters: [consoleExporter()] })
 * const chat = pipeline(openai(), requestId(), watch, tokenCount(), retry())
 */
export const telemetry: typeof portable = platform
