// The public surface of cepa/remote. `npm run api` writes this file; a change in it is a change for users.

export { RemoteExporterOptions } from '@cepa/exporter-remote'
export { RemoteFetch } from '@cepa/exporter-remote'
export { RemoteHeaders } from '@cepa/exporter-remote'
export { RemoteKey } from '@cepa/exporter-remote'
export { RemoteRequest } from '@cepa/exporter-remote'
export { RemoteResponse } from '@cepa/exporter-remote'
export { remoteExporter } from '@cepa/exporter-remote'
