import { OptionError } from './errors.ts'
import { kindOf } from './kind-of.ts'
import type { MiddlewareSpec, Traits } from './middleware.ts'

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

const TRAITS: ReadonlySet<string> = new Set<keyof Traits>([
  'repeats',
  'stores',
  'limits',
  'rewrites',
  'records',
  'accounts',
  'timings',
])

interface Finding {
  readonly field: string
  readonly value: string
  readonly remedy: string
}

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
  const finding = findings(spec).next().value
  if (finding) throw new OptionError({ owner: `middleware ${spec.name}`, ...finding })
}

function* findings(spec: MiddlewareSpec): Generator<Finding, undefined> {
  for (const field of Object.keys(spec)) {
    if (FIELDS.has(field)) continue
    const remedy = `there is no such hook or field (known: ${[...FIELDS].join(', ')})`
    yield { field, value: 'given', remedy }
  }
  for (const hook of HOOKS) {
    if (spec[hook] === undefined || typeof spec[hook] === 'function') continue
    yield { field: hook, value: kindOf(spec[hook]), remedy: 'it must be a function' }
  }
  for (const trait of Object.keys(spec.traits ?? {})) {
    if (TRAITS.has(trait)) continue
    const remedy = `there is no such trait (known: ${[...TRAITS].join(', ')})`
    yield { field: `traits.${trait}`, value: 'given', remedy }
  }
  yield* keyFindings('reads', spec.reads)
  yield* keyFindings('gives', spec.gives)
}

function* keyFindings(field: string, keys: unknown): Generator<Finding, undefined> {
  if (keys === undefined) return
  if (!Array.isArray(keys)) {
    yield { field, value: kindOf(keys), remedy: 'it must be a list of fact keys' }
    return
  }
  for (const [index, key] of keys.entries()) {
    if (typeof key?.name === 'string' && (key.direction === 'in' || key.direction === 'out')) continue
    yield { field: `${field}.${index}`, value: kindOf(key), remedy: 'it must be the key of a fact, made by fact()' }
  }
}
