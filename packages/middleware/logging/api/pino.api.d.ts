// The public surface of @cepa/middleware-logging/pino. `npm run api` writes this file; a change in it is a change for users.

import type { LogLevel } from '@cepa/core'
import type { Logger } from '@cepa/core'

export type PinoLike = {
    readonly [L in LogLevel]: (fields: object, message: string) => void;
};

export function pinoLogger(logger?: PinoLike): Logger;
