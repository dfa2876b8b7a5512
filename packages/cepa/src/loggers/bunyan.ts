/**
 * Lines of `logging()` for bunyan. Needs `npm install bunyan`, or a relative of it.
 *
 * @module
 */
export { type BunyanLike, bunyanLogger } from '@cepa/middleware-logging/bunyan'
