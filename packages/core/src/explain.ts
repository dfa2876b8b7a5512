import type { Adapter } from './adapter.ts'
import type { AnyMiddleware } from './middleware.ts'
import { orderRulesOf } from './order.ts'
import { splitNamed, type ToldOptions } from './told-options.ts'

const HOOKS = ['provide', 'start', 'firstToken', 'event', 'note', 'end', 'handle'] as const

/**
 * What `explain({ json: true })` says of a stack. The effective options of a layer, and of the adapter, are `data`, which a stack can be
 * made of again, and `named`: what is no data (functions, stores, secrets), by name.
 */
export interface Explanation {
  readonly name: string
  readonly layers: readonly (ToldOptions & {
    readonly name: string
    readonly controls: boolean
    readonly hooks: readonly string[]
    readonly reads: readonly string[]
    readonly gives: readonly string[]
    readonly traits: readonly string[]
  })[]
  readonly rules: readonly {
    readonly rule: string
    readonly outer: string
    readonly inner: string
    readonly reason: string
  }[]
  readonly adapter: ToldOptions & {
    readonly name: string
    readonly operations: readonly string[]
  }
}

const traitsOf = (layer: AnyMiddleware): string[] =>
  Object.entries(layer.traits).flatMap(([trait, holds]) => (holds ? [trait] : []))

/** The stack as data. */
export function explanationOf(name: string, layers: readonly AnyMiddleware[], adapter: Adapter): Explanation {
  return {
    name,
    layers: layers.map((layer) => ({
      name: layer.name,
      controls: layer['~spec'].handle !== undefined,
      hooks: HOOKS.filter((hook) => layer['~spec'][hook]),
      reads: layer.reads.map((key) => (key.required ? key.name : `${key.name}?`)),
      gives: layer.gives.map((key) => key.name),
      traits: traitsOf(layer),
      ...splitNamed(layer['~spec'].data ?? {}),
    })),
    rules: orderRulesOf(layers),
    adapter: { name: adapter.name, operations: adapter.operations, ...splitNamed(adapter.data ?? {}) },
  }
}

const dataLine = ({ data, named }: ToldOptions): string =>
  Object.entries({ ...data, ...named })
    .map(([field, value]) => `${field}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ')

/** The stack in words, outermost first. */
export function explanationText(explanation: Explanation): string {
  const { name, layers, rules, adapter } = explanation
  const width = Math.max(adapter.name.length, ...layers.map((layer) => layer.name.length))
  const lines = [
    `${name}: ${layers.length} ${layers.length === 1 ? 'layer' : 'layers'} around ${adapter.name}, outermost first`,
  ]
  for (const [index, layer] of layers.entries()) {
    const parts = [
      layer.controls ? 'controls' : 'watches',
      layer.reads.length > 0 && `reads ${layer.reads.join(' ')}`,
      layer.gives.length > 0 && `gives ${layer.gives.join(' ')}`,
      dataLine(layer),
    ]
    lines.push(`  ${String(index + 1).padStart(2)}  ${layer.name.padEnd(width)}  ${parts.filter(Boolean).join(' · ')}`)
  }
  lines.push(
    `   ‖  ${adapter.name.padEnd(width)}  ${[adapter.operations.join(' '), dataLine(adapter)].filter(Boolean).join(' · ')}`,
  )
  return [...lines, ...ruleLines(rules)].join('\n')
}

/** One line for each rule that has a reason of its own, and one for each layer that facts tie to others. */
function ruleLines(rules: Explanation['rules']): string[] {
  const tied = new Map<string, Set<string>>()
  const lines: string[] = []
  for (const { rule, outer, inner, reason } of rules) {
    if (rule === 'facts') tied.set(outer, (tied.get(outer) ?? new Set()).add(inner))
    else lines.push(`  ${outer} stands outside ${inner}: ${reason}`)
  }
  for (const [outer, inner] of tied)
    lines.push(`  ${outer} stands outside ${[...inner].join(', ')}: facts pass between them`)
  return lines
}
