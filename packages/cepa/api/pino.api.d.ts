// The public surface of cepa/pino. `npm run api` writes this file; a change in it is a change for users.

export { PinoLike } from '@cepa/middleware-logging/pino'
export { pinoLogger } from '@cepa/middleware-logging/pino'
