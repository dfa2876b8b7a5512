import { recordedError } from '@cepa/core'

/** Something that telemetry met and the calls do not feel. */
export interface Problem {
  /** `exporter <name>`, `listener`, `redactor`, `filter`. */
  readonly where: string
  readonly error: Error
}

interface Platform {
  readonly console: { error(line: string): void }
}

/** Tells a problem on the console, without secrets, once for each place until that works again. */
export function reportToConsole({ where, error }: Problem): void {
  const { name, message, code } = recordedError(error)
  const what = `${name}: ${message}${code === undefined || message.includes(code) ? '' : ` (${code})`}`
  ;(globalThis as unknown as Platform).console.error(`telemetry: ${where} failed, the calls went on: ${what}`)
}
