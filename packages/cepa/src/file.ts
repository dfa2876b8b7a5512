/**
 * Records as JSON lines in a file, on Node.
 *
 * @module
 */
export { type FileExporterOptions, fileExporter } from '@cepa/exporter-file'
