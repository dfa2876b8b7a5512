import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'

/** What the command is asked for. */
export interface Arguments {
  /** Every cell as an object, instead of the matrix. */
  readonly json: boolean
  /** Id of the rule against which a fault is planted. */
  readonly rule?: string
  /** Leaves the columns over HTTP out. */
  readonly inProcess: boolean
  /** Leaves the lines of the middlewares out. */
  readonly bare: boolean
  /** Ids of scenarios; empty for all. */
  readonly scenarios: readonly string[]
}

/** The command was asked for something that there is not; its message says what there is. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

export const USAGE = `npm run lifecycle                       the whole matrix
npm run lifecycle -- --json             every cell as an object
npm run lifecycle -- --break <rule id>  with a fault against a rule planted in the core
npm run lifecycle -- --in-process       without the columns over HTTP
npm run lifecycle -- --bare             without the lines of the middlewares
npm run lifecycle -- --only <scenario>  one row; may be given more than once`

const OPTIONS = {
  json: { type: 'boolean', default: false },
  break: { type: 'string' },
  'in-process': { type: 'boolean', default: false },
  bare: { type: 'boolean', default: false },
  only: { type: 'string', multiple: true, default: [] },
} satisfies ParseArgsOptionsConfig

/**
 * Reads the command line.
 *
 * @throws {UsageError} for what it does not know.
 *
 * @example
 * argumentsOf(['--break', 'E3']) // → { json: false, inProcess: false, bare: false, scenarios: [], rule: 'E3' }
 */
export function argumentsOf(line: readonly string[]): Arguments {
  const values = valuesOf(line)
  return {
    json: values.json,
    inProcess: values['in-process'],
    bare: values.bare,
    scenarios: values.only,
    ...(values.break !== undefined && { rule: values.break }),
  }
}

function valuesOf(line: readonly string[]) {
  try {
    return parseArgs({ args: [...line], options: OPTIONS }).values
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}
