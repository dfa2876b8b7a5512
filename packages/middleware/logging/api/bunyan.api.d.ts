// The public surface of @cepa/middleware-logging/bunyan. `npm run api` writes this file; a change in it is a change for users.

import type { LogLevel } from '@cepa/core'
import type { Logger } from '@cepa/core'

export type BunyanLike = {
    readonly [L in LogLevel]: (fields: object, message: string) => unknown;
};

export const bunyanLogger: (logger: BunyanLike) => Logger;
