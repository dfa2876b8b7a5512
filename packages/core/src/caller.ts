import type { CallerOptions } from './call.ts'
import { OptionError } from './errors.ts'
import { kindOf } from './kind-of.ts'
import type { AnyMiddleware } from './middleware.ts'
import { anything, having, isPlainObject, number, type OptionRules, type Rule, record, text } from './option-rules.ts'
import { checkOptions } from './options.ts'
import type { AbortSignal } from './signal.ts'

/** What the caller gives with a request: about the call, and for its layers. */
export interface CallOptions<TLayers = object> extends CallerOptions {
  /** Options of single layers for this call; `false` leaves a layer out. */
  readonly layers?: TLayers
}

const ANY_TEXT: Rule<string> = {
  expects: 'a string',
  kind: 'data',
  accepts: (value): value is string => typeof value === 'string',
}

const LAYERS: Rule<object> = {
  expects: 'an object, with the names of layers',
  kind: 'function',
  accepts: (value): value is object => isPlainObject(value),
}

const RULES = {
  signal: having<AbortSignal>('addEventListener', 'removeEventListener'),
  deadlineMs: number({ min: 0 }),
  // what it may be is for requestId() to say
  requestId: anything<string>('a string'),
  parent: anything<unknown>('a group, a trace context or a call'),
  attributes: record(text()),
  headers: record({ ...ANY_TEXT, secret: true }),
  layers: LAYERS,
} satisfies OptionRules<CallOptions>

const wrong = (field: string, value: string, remedy: string): OptionError =>
  new OptionError({ owner: 'call', field, value, remedy })

/** Checks what the caller gave. @throws {OptionError} */
export function checkCaller(options: CallOptions): void {
  checkOptions<CallOptions, typeof RULES>('call', RULES, options)
}

/**
 * Checks the options of single layers before anything of the call exists: each names a layer, of the stack or of one nested in it, that
 * takes it.
 *
 * @throws {OptionError} (C2)
 */
export function checkLayerOptions(given: object, allLayers: readonly AnyMiddleware[]): void {
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue
    const called = allLayers.filter((layer) => layer.name === name)
    const [first] = called
    if (first === undefined) {
      const names = [...new Set(allLayers.map((layer) => layer.name))]
      throw wrong(`layers.${name}`, 'given', `the stack has no such layer (it has: ${names.join(', ') || 'none'})`)
    }
    // below a route, layers of one name may take different options; each takes its own when the call reaches it
    if (value !== false && !called.some((layer) => takes(layer, value))) checkOwn(first, value)
  }
}

/** Names of the layers that a call leaves out of one stack, whose own options are checked. @throws {OptionError} (C2) */
export function layersOff(given: object, layers: readonly AnyMiddleware[]): readonly string[] {
  const told = layers.map((layer) => [layer, valueFor(given, layer)] as const)
  for (const [layer, value] of told) if (value !== undefined && value !== false) checkOwn(layer, value)
  const off = told.flatMap(([layer, value]) => (value === false ? [layer] : []))
  for (const layer of off)
    checkOff(
      layer,
      layers.filter((other) => !off.includes(other)),
    )
  return off.map(({ name }) => name)
}

const valueFor = (given: object, { name }: AnyMiddleware): unknown =>
  Object.hasOwn(given, name) ? (given as Record<string, unknown>)[name] : undefined

function takes(layer: AnyMiddleware, value: unknown): boolean {
  try {
    checkOwn(layer, value)
    return true
  } catch {
    return false
  }
}

/** Checks what a call tells one layer. */
function checkOwn({ name, '~spec': { perCall } }: AnyMiddleware, value: unknown): void {
  if (perCall === undefined) {
    throw wrong(`layers.${name}`, kindOf(value), `${name} takes no options per call but \`false\`, which leaves it out`)
  }
  checkOptions<object, OptionRules<object>>(`layers.${name}`, perCall as OptionRules<object>, value as object)
}

/** A layer may not be left out while one that stays needs an in-fact of it. */
function checkOff(layer: AnyMiddleware, staying: readonly AnyMiddleware[]): void {
  for (const key of layer.gives) {
    const reader = staying.find((each) =>
      each.reads.some((read) => read.required && read.direction === 'in' && read.name === key.name),
    )
    if (reader)
      throw wrong(`layers.${layer.name}`, 'false', `it cannot be left out: ${reader.name} needs its fact ${key.name}`)
  }
}
