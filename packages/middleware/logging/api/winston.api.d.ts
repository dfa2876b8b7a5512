// The public surface of @cepa/middleware-logging/winston. `npm run api` writes this file; a change in it is a change for users.

import type { Logger } from '@cepa/core'

export interface WinstonLike {
    readonly levels?: Readonly<Record<string, number>>;
    log(entry: {
        level: string;
        message: string;
        [field: string]: unknown;
    }): unknown;
}

export function winstonLogger(logger: WinstonLike): Logger;
