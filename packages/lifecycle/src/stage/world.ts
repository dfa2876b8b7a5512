import {
  type AnyMiddleware,
  type CallOptions,
  type Completion,
  type Fault,
  type Pipeline,
  pipeline,
  type Reply,
} from '@cepa/core'
import { type SignalProbe, signalProbe, type VirtualClock, virtualClock } from '@cepa/testing'
import type { Column, Position } from '../matrix/column.ts'
import type { Part } from '../scenarios/scenario.ts'
import { standardAnswer } from './answer.ts'
import { Gates } from './gates.ts'
import { guestDepth, PLAIN_SUBJECT, type PlacedLayer, placedLayers } from './layers.ts'
import type { StartUpstream, Upstream } from './upstream.ts'
import { WatchLog } from './watch-log.ts'

const REQUEST = { model: 'model', messages: [{ role: 'user', content: 'Count to four.' }] } as const

/** Positions for which the provider in process answers in promises; for the others it answers at once where it can. */
const ASYNCHRONOUS: ReadonlySet<Position> = new Set(['repeating', 'innermost'])

/** Everything of one cell: its clock, its provider, its stack, and what was seen. */
export class World {
  readonly column: Column
  readonly clock: VirtualClock = virtualClock()
  /** The caller's signal. */
  readonly caller: SignalProbe = signalProbe()
  /** Signals of layers, which must lose their listeners too. */
  readonly signals: SignalProbe[] = [this.caller]
  readonly gates: Gates
  readonly log: WatchLog = new WatchLog()
  /** Faults that no layer heard. */
  readonly reported: Fault[] = []
  readonly layers: readonly PlacedLayer[]
  /** For what a scenario's layers and its act tell each other. */
  readonly notes: Map<string, unknown> = new Map()
  readonly #part: Part
  /** A middleware under test that stands in the stack of a scenario which is not about it. */
  readonly #guest: AnyMiddleware | undefined
  #upstream: Upstream | undefined
  #chat: Pipeline | undefined

  constructor(column: Column, part: Part) {
    this.column = column
    this.#part = part
    const overHttp = column.via === 'http' ? (part.holdOverHttp ?? []) : []
    this.gates = new Gates([...(part.hold ?? []), ...overHttp])
    this.#guest = part.guest?.()
    const controls = this.#guest?.['~spec'].handle !== undefined
    this.layers = placedLayers(column.position, part.subject?.(this) ?? { subject: PLAIN_SUBJECT }, controls)
  }

  get upstream(): Upstream {
    if (this.#upstream === undefined) throw new Error('the provider has not been started')
    return this.#upstream
  }

  /** Whether a guest listens to the notes of the layers inside of it. */
  get guestHears(): boolean {
    return this.#guest?.['~spec'].note !== undefined
  }

  /** The pipeline, if it has been put together. */
  get assembledChat(): Pipeline | undefined {
    return this.#chat
  }

  get chat(): Pipeline {
    this.#chat ??= this.#assemble()
    return this.#chat
  }

  /** Starts the provider. */
  async start(start: StartUpstream): Promise<void> {
    const { gates, column, clock } = this
    const { answer = {}, sourceAtOnce = false } = this.#part
    this.#upstream = await start({
      script: ({ index }) =>
        standardAnswer({ gates, via: column.via, index }, typeof answer === 'function' ? answer(this, index) : answer),
      clock,
      asynchronous: !sourceAtOnce && ASYNCHRONOUS.has(column.position),
    })
  }

  /** Makes a call for a stream, under the caller's signal. */
  call(options: CallOptions = {}): Promise<Reply> {
    return this.chat(REQUEST, { signal: this.caller.signal, ...this.#part.options, ...options })
  }

  /** Makes a call for a whole answer, under the caller's signal. */
  complete(options: CallOptions = {}): Promise<Completion> {
    return this.chat.complete(REQUEST, { signal: this.caller.signal, ...this.#part.options, ...options })
  }

  /** A signal for a layer of the scenario. */
  signal(): SignalProbe {
    const probe = signalProbe()
    this.signals.push(probe)
    return probe
  }

  /** Whether every pass of the caller's own calls has ended; detached calls may outlive them. */
  get allEnded(): boolean {
    return this.log.passes.every(({ endings, call }) => endings.length > 0 || call.detached !== undefined)
  }

  #assemble(): Pipeline {
    const { nested, unreadAfterMs } = this.#part
    const rest = {
      clock: this.clock,
      report: (fault: Fault) => void this.reported.push(fault),
      ...(unreadAfterMs !== undefined && { unreadAfterMs }),
    }
    const { adapter } = this.upstream
    const made = this.layers.map(({ make, name, depth }) => make(this.log, name, depth))
    const inside = this.layers.findIndex(({ zone }) => zone === 'inside')
    const cut = nested && inside !== -1 ? inside : made.length
    const core = nested ? assembled({ ...rest, name: 'nested', adapter }, made.slice(cut)) : adapter
    const outer = made.slice(0, cut)
    if (this.#guest) outer.splice(guestDepth(this.column.position), 0, this.#guest)
    return assembled({ ...rest, name: 'matrix', adapter: core, ...(this.#guest && { allow: EVERY_ORDER }) }, outer)
  }
}

/** A guest stands where the cell wants it, whatever its traits say of that. */
const EVERY_ORDER = [
  'stores-outside-repeats',
  'limits-inside-repeats',
  'rewrites-inside-records',
  'accounts-outside-repeats',
]

/** A pipeline of layers whose order the compiler need not see: the matrix tries orders that assembly must judge. */
export const assembled = (
  options: Omit<Parameters<typeof pipeline>[0] & object, 'layers'>,
  layers: readonly AnyMiddleware[],
): Pipeline => pipeline({ ...options, layers } as never) as object as Pipeline
