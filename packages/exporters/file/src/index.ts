/**
 * Records as JSON lines in a file, on Node: `fileExporter({ path })`.
 *
 * @module
 */
export { fileExporter } from './file-exporter.ts'
export type { FileExporterOptions } from './file-options.ts'
