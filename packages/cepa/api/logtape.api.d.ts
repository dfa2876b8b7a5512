// The public surface of cepa/logtape. `npm run api` writes this file; a change in it is a change for users.

export { LogTapeLike } from '@cepa/middleware-logging/logtape'
export { logTapeLogger } from '@cepa/middleware-logging/logtape'
