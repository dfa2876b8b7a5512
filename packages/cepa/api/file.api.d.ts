// The public surface of cepa/file. `npm run api` writes this file; a change in it is a change for users.

export { FileExporterOptions } from '@cepa/exporter-file'
export { fileExporter } from '@cepa/exporter-file'
