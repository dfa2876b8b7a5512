import type { CallerOptions } from './call.ts'
import { OptionError } from './errors.ts'
import type { AnyMiddleware } from './middleware.ts'
import { anything, checkOptions, having, number, type OptionRules, record, text } from './options.ts'
import type { ChatRequest, EmbedRequest, Operation, Requests } from './request.ts'
import type { AbortSignal } from './signal.ts'

/** What the caller gives with a request: about the call, and for its layers. */
export interface CallOptions<TLayers = object> extends CallerOptions {
  /** Options of single layers for this call; `false` leaves a layer out. */
  readonly layers?: TLayers
}

const RULES = {
  signal: having<AbortSignal>('addEventListener', 'removeEventListener'),
  deadlineMs: number({ min: 0 }),
  requestId: anything<string>('a string'),
  parent: anything<unknown>('a group, a trace context or a call'),
  attributes: record(text()),
  headers: record(anything<string>('a string')),
  layers: anything<object>('an object'),
} satisfies OptionRules<CallOptions>

const wrong = (field: string, value: string, remedy: string): never => {
  throw new OptionError({ owner: 'call', field, value, remedy })
}

/** Checks a request before anything of the call exists. @throws {OptionError} */
export function checkRequest(operation: Operation, request: Requests[Operation]): void {
  if (typeof request !== 'object' || request === null)
    wrong('request', `a ${typeof request}`, 'it must be an object with a model')
  if (typeof request.model !== 'string' || request.model === '') {
    wrong(
      'request.model',
      typeof request.model === 'string' ? 'empty' : `a ${typeof request.model}`,
      'it must name a model',
    )
  }
  if (operation === 'chat' && !Array.isArray((request as ChatRequest).messages)) {
    wrong('request.messages', `a ${typeof (request as ChatRequest).messages}`, 'it must be a list of messages')
  }
  if (operation === 'embed' && !Array.isArray((request as EmbedRequest).input)) {
    wrong('request.input', `a ${typeof (request as EmbedRequest).input}`, 'it must be a list of strings')
  }
}

/** Checks what the caller gave. @throws {OptionError} */
export function checkCaller(options: CallOptions): void {
  checkOptions<CallOptions, typeof RULES>('call', RULES, options)
}

/** Checks the options of single layers against the stack. @throws {OptionError} (C2) */
export function checkLayerOptions(
  given: object | undefined,
  layers: readonly AnyMiddleware[],
  names: ReadonlySet<string>,
): readonly string[] {
  const off: string[] = []
  for (const [name, value] of Object.entries(given ?? {})) {
    if (value === undefined) continue
    if (!names.has(name)) {
      wrong(`layers.${name}`, 'given', `the stack has no such layer (it has: ${[...names].join(', ') || 'none'})`)
    }
    const layer = layers.find((each) => each.name === name)
    if (layer === undefined) continue
    if (value === false) off.push(mayBeOff(layer, layers))
    else if (layer['~spec'].perCall)
      checkOptions<object, OptionRules<object>>(`layers.${name}`, layer['~spec'].perCall as OptionRules<object>, value)
    else
      wrong(
        `layers.${name}`,
        `a ${typeof value}`,
        `${name} takes no options per call but \`false\`, which leaves it out`,
      )
  }
  return off
}

function mayBeOff(layer: AnyMiddleware, layers: readonly AnyMiddleware[]): string {
  for (const key of layer.gives) {
    const reader = layers.find((each) =>
      each.reads.some((read) => read.required && read.direction === 'in' && read.name === key.name),
    )
    if (key.direction === 'in' && reader) {
      wrong(`layers.${layer.name}`, 'false', `it cannot be left out: ${reader.name} needs its fact ${key.name}`)
    }
  }
  return layer.name
}
