import { Reply, type StreamEvent } from '@cepa/core'
import type { Position } from '../matrix/column.ts'
import { type LayerMaker, watching } from './watcher.ts'

/** Where a layer stands as seen from the subject of the cell. */
export type Zone = 'outside' | 'subject' | 'inside'

/** A layer with its name, before it has a place. */
export interface NamedLayer {
  readonly name: string
  readonly make: LayerMaker
  /** It has a `handle`: the next layer begins a stretch of its own. */
  readonly controls?: boolean
}

/** A layer in its place. */
export interface PlacedLayer extends NamedLayer {
  readonly depth: number
  readonly zone: Zone
  /** What passes it has been turned into capitals. */
  readonly loud: boolean
  /** How many controlling layers stand outside of it. */
  readonly stretch: number
}

const inCapitals = (event: StreamEvent): StreamEvent =>
  event.type === 'text' ? { ...event, text: event.text.toUpperCase() } : event

const repeat = watching({ traits: { repeats: true }, handle: (call, next) => next(call) })
const shout = watching({ handle: async (call, next) => (await next(call)).transform(inCapitals) })

/** The stack of every cell, outermost first, without its subject. */
const BASE: readonly NamedLayer[] = [
  { name: 'outer', make: watching() },
  { name: 'repeat', make: repeat, controls: true },
  { name: 'inRepeat', make: watching() },
  { name: 'shout', make: shout, controls: true },
  { name: 'inShout', make: watching() },
  { name: 'inner', make: watching() },
]

/** How many layers of the base stand outside the subject. */
const OUTSIDE: Readonly<Record<Position, number>> = { outermost: 0, repeating: 2, transform: 4, innermost: BASE.length }

/** The subject of a cell, and what a scenario needs right beside it. */
export interface SubjectGroup {
  readonly outside?: readonly NamedLayer[]
  readonly subject: NamedLayer
  readonly inside?: readonly NamedLayer[]
}

/** How many layers of a cell's stack stand outside of the subject and of what is beside it: where a guest comes in. */
export const guestDepth = (position: Position): number => OUTSIDE[position]

/**
 * The whole stack of a cell, outermost first, without its guest.
 *
 * @param guestControls whether a guest with a `handle` stands in it.
 */
export function placedLayers(
  position: Position,
  { outside = [], subject, inside = [] }: SubjectGroup,
  guestControls = false,
): readonly PlacedLayer[] {
  const cut = OUTSIDE[position]
  const before = [...BASE.slice(0, cut), ...outside]
  const all = [...before, subject, ...inside, ...BASE.slice(cut)]
  const shouting = all.findIndex(({ name }) => name === 'shout')
  return all.map((layer, depth) => ({
    ...layer,
    depth,
    zone: depth < before.length ? 'outside' : depth === before.length ? 'subject' : 'inside',
    loud: depth <= shouting,
    stretch: all.slice(0, depth).filter(({ controls }) => controls).length + (guestControls && depth >= cut ? 1 : 0),
  }))
}

/** What the subject is where a scenario has none of its own: a layer that controls and changes nothing. */
export const PLAIN_SUBJECT: NamedLayer = {
  name: 'subject',
  make: watching({ handle: (call, next) => next(call) }),
  controls: true,
}

/** A reply of the standard pieces that comes from nowhere. */
export const replyOf = (...texts: readonly string[]): Reply =>
  Reply.from([
    ...texts.map((text): StreamEvent => ({ type: 'text', text, at: 0 })),
    { type: 'end', finish: 'stop', at: 0 },
  ])
