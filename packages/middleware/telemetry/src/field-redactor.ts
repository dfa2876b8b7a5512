import { OptionError, REDACTED } from '@cepa/core'
import redact from '@pinojs/redact'

const refuse = (value: string, remedy: string): never => {
  throw new OptionError({ owner: 'telemetry', field: 'redact.paths', value, remedy })
}

/** What a path may be: names with dots, `[0]`, `["a-b"]`, and `*` for any. */
const PATH = /^(?:[\w$*]+|\["[^"\]]+"\]|\['[^'\]]+'\])(?:\.[\w$*]+|\[(?:\d+|\*|"[^"\]]+"|'[^'\]]+')\])*$/

/**
 * Makes a function that replaces fields by their paths, as pino does it: `attributes.user`, `content.messages[*].content`,
 * `*.providerRequestId`. What it is given may be changed. A field that is not there is not made.
 *
 * @throws {OptionError} for a path that is none.
 *
 * @see https://github.com/pinojs/redact
 */
export function fieldRedactor(paths: readonly string[]): <T extends object>(value: T) => T {
  const wrong = paths.find((path) => typeof path !== 'string' || !PATH.test(path))
  if (wrong !== undefined)
    return refuse(JSON.stringify(wrong), 'a path is like attributes.user or content.messages[*].content')
  if (paths.length === 0) return (value) => value
  const censor = redact({ paths: [...paths], censor: REDACTED, serialize: false, strict: false })
  return <T extends object>(value: T): T => {
    const made = censor(value) as T & { restore?: unknown }
    // its way back to what was redacted must not leave with it
    delete made.restore
    return made
  }
}
