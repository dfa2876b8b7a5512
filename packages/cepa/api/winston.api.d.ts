// The public surface of cepa/winston. `npm run api` writes this file; a change in it is a change for users.

export { WinstonLike } from '@cepa/middleware-logging/winston'
export { winstonLogger } from '@cepa/middleware-logging/winston'
