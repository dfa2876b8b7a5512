/**
 * Records as lines for people, on the console: `consoleExporter()`.
 *
 * @module
 */
export { consoleExporter } from './console-exporter.ts'
export type { ConsoleExporterOptions, ConsoleForm, ConsoleTarget } from './console-options.ts'
