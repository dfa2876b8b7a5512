/**
 * Lines of `logging()` for pino.
 *
 * @module
 */
export { type PinoLike, pinoLogger } from '@cepa/middleware-logging/pino'
