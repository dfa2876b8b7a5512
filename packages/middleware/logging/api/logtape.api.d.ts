// The public surface of @cepa/middleware-logging/logtape. `npm run api` writes this file; a change in it is a change for users.

import type { LogLevel } from '@cepa/core'
import type { Logger } from '@cepa/core'

export type LogTapeLike = {
    readonly [L in LogLevel]: (message: string, properties: Record<string, unknown>) => void;
};

export const logTapeLogger: (logger: LogTapeLike) => Logger;
