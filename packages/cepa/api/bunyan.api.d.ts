// The public surface of cepa/bunyan. `npm run api` writes this file; a change in it is a change for users.

export { BunyanLike } from '@cepa/middleware-logging/bunyan'
export { bunyanLogger } from '@cepa/middleware-logging/bunyan'
