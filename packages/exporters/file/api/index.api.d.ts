// The public surface of @cepa/exporter-file. `npm run api` writes this file; a change in it is a change for users.

import type { Clock } from '@cepa/core'
import type { Exporter } from '@cepa/core'

export interface FileExporterOptions {
    readonly path: string;
    readonly maxBytes?: number;
    readonly maxAgeMs?: number;
    readonly keepFiles?: number;
    readonly keepForMs?: number;
    readonly gzip?: boolean;
    readonly mode?: number;
    readonly notes?: boolean;
    readonly name?: string;
    readonly report?: (error: Error) => void;
    readonly clock?: Clock;
}

export const fileExporter: (options: FileExporterOptions) => Exporter;
