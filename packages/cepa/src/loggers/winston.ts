/**
 * Lines of `logging()` for winston. Needs `npm install winston`.
 *
 * @module
 */
export { type WinstonLike, winstonLogger } from '@cepa/middleware-logging/winston'
