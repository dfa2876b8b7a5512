import { OptionError } from './errors.ts'
import type { MiddlewareSpec } from './middleware.ts'

const HOOKS = ['assemble', 'provide', 'start', 'firstToken', 'event', 'note', 'end', 'handle', 'close'] as const
const FIELDS: ReadonlySet<string> = new Set([
  ...HOOKS,
  'name',
  'reads',
  'gives',
  'traits',
  'identity',
  'data',
  'perCall',
])

/** camelCase, so that it can be the key of per-call options. */
const NAME = /^[a-z][A-Za-z0-9]*$/

/** Checks the form of a middleware's spec. @throws {OptionError} naming what is wrong. */
export function checkSpec(spec: MiddlewareSpec): void {
  if (typeof spec.name !== 'string' || !NAME.test(spec.name)) {
    throw new OptionError({
      owner: 'middleware',
      field: 'name',
      value: JSON.stringify(spec.name) ?? 'undefined',
      remedy: 'it must be a camelCase identifier, the name of the factory',
    })
  }
  for (const field of Object.keys(spec)) {
    if (FIELDS.has(field)) continue
    throw new OptionError({
      owner: `middleware ${spec.name}`,
      field,
      value: 'given',
      remedy: `there is no such hook or field (known: ${[...FIELDS].join(', ')})`,
    })
  }
  for (const hook of HOOKS) {
    if (spec[hook] === undefined || typeof spec[hook] === 'function') continue
    throw new OptionError({
      owner: `middleware ${spec.name}`,
      field: hook,
      value: `a ${typeof spec[hook]}`,
      remedy: 'it must be a function',
    })
  }
}
