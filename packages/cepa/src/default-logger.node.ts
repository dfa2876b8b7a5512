import type { Logger } from '@cepa/core'
import { pinoLogger } from '@cepa/middleware-logging/pino'
import { pino } from 'pino'

/** The logger of `logging()` where none is given: pino, JSON lines on standard output. */
export const defaultLogger = (): Logger => pinoLogger(pino())
