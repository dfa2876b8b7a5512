/**
 * Lines of `logging()` for LogTape. Needs `npm install @logtape/logtape`.
 *
 * @module
 */
export { type LogTapeLike, logTapeLogger } from '@cepa/middleware-logging/logtape'
