import { OptionError, REDACTED } from '@cepa/core'

/** What a path may be: names with dots, `[0]`, `["a-b"]`, and `*` for any; as `telemetry()` takes them. */
const PATH = /^(?:[\w$*]+|\["[^"\]]+"\]|\['[^'\]]+'\])(?:\.[\w$*]+|\[(?:\d+|\*|"[^"\]]+"|'[^'\]]+')\])*$/
const STEP = /[\w$*]+|"[^"]+"|'[^']+'/g

type Steps = readonly string[]

function stepsOf(path: unknown): Steps {
  if (typeof path === 'string' && PATH.test(path))
    return Array.from(path.matchAll(STEP), ([step]) => step.replaceAll(/["']/g, ''))
  throw new OptionError({
    owner: 'tracing',
    field: 'redact.paths',
    value: JSON.stringify(path),
    remedy: 'a path is like attributes.user or content.messages[*].content',
  })
}

/** What stands for a value that must not be seen. The form of what holds it stays: a text for a text, nothing in a list or an object. */
function blank(value: unknown): unknown {
  if (typeof value === 'string') return REDACTED
  if (Array.isArray(value)) return []
  return typeof value === 'object' && value !== null ? {} : undefined
}

function without(value: unknown, steps: Steps): unknown {
  const [step, ...rest] = steps
  if (step === undefined) return blank(value)
  if (typeof value !== 'object' || value === null) return value
  const changed = (name: string, each: unknown) => (step === '*' || step === name ? without(each, rest) : each)
  if (Array.isArray(value)) return value.map((each, index) => changed(String(index), each))
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, changed(name, each)]))
}

/**
 * Makes a function that blanks fields by their paths, in a copy. A field that is not there is not made.
 *
 * @throws {OptionError} for a path that is none.
 */
export function fieldPaths(paths: readonly string[]): <T extends object>(value: T) => T {
  const all = paths.map(stepsOf)
  return <T extends object>(value: T): T => all.reduce<unknown>(without, value) as T
}
