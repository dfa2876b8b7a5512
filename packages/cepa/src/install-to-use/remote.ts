/**
 * Batches of records to a URL of one's own. Needs `npm install @cepa/exporter-remote`.
 *
 * @module
 */
export {
  type RemoteExporterOptions,
  type RemoteFetch,
  type RemoteHeaders,
  type RemoteKey,
  type RemoteRequest,
  type RemoteResponse,
  remoteExporter,
} from '@cepa/exporter-remote'
