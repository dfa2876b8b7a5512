// The public surface of @cepa/exporter-console. `npm run api` writes this file; a change in it is a change for users.

import type { Exporter } from '@cepa/core'

export interface ConsoleExporterOptions {
    readonly form?: ConsoleForm;
    readonly colors?: boolean;
    readonly notes?: boolean;
    readonly console?: ConsoleTarget;
    readonly name?: string;
}

export type ConsoleForm = 'line' | 'verbose' | 'json';

export interface ConsoleTarget {
    log(text: string): void;
}

export const consoleExporter: (options?: ConsoleExporterOptions) => Exporter;
