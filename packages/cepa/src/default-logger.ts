import type { Logger } from '@cepa/core'
import { consoleLogger } from '@cepa/middleware-logging'

/** The logger of `logging()` where none is given: the console, in every runtime but Node. */
export const defaultLogger = (): Logger => consoleLogger()
