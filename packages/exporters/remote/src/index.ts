/**
 * Batches of records to a URL: `remoteExporter({ url })`.
 *
 * @module
 */

export type { RemoteFetch, RemoteRequest, RemoteResponse } from './fetch.ts'
export { remoteExporter } from './remote-exporter.ts'
export type { RemoteExporterOptions, RemoteHeaders, RemoteKey } from './remote-options.ts'
