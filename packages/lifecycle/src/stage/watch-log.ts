import type { Call, Ending, Note, StreamEvent, Usage } from '@cepa/core'
import { usageLabel } from './labels.ts'

/** One pass of one layer, as the layer's own hooks saw it. */
export interface SeenPass {
  readonly layer: string
  /** Position of the layer in the stack, 0 outermost. */
  readonly depth: number
  readonly call: Call
  /** What `start` returned, which the other hooks must be given. */
  readonly state: unknown
  readonly startedAt: number
  readonly events: StreamEvent[]
  readonly notes: Note[]
  readonly endings: Ending[]
  /** The text that has passed. */
  text: string
  usage: Usage | undefined
  /** The kind of event that `firstToken` was told. */
  firstToken: StreamEvent['type'] | undefined
  /** `call.facts` when the pass ended. */
  facts: Readonly<Record<string, unknown>>
}

/** A layer that is entered. */
interface Starting {
  readonly layer: string
  readonly depth: number
  /** Its own `start` is broken, so that the pass has no state. */
  readonly stateless: boolean
}

interface LastTold {
  readonly what: unknown
  readonly depth: number
  readonly callId: string
}

/** Rule R6, in the matrix's own words: what is the first token. */
const hasContent = (event: StreamEvent): boolean =>
  ((event.type === 'text' || event.type === 'reasoning') && event.text !== '') ||
  event.type === 'tool-call-start' ||
  event.type === 'file'

/**
 * What all layers of a cell were told, in one order, and which of the rules that hold for every pass were broken on the way: each
 * hook at its time, in its order, with its own state.
 */
export class WatchLog {
  readonly passes: SeenPass[] = []
  /** Broken rules, in words; empty for a sound engine. */
  readonly broken: string[] = []
  readonly #byCall: Map<Call, SeenPass> = new Map()
  /** The layer, by call, whose `provide` ran last and whose `start` must be next. */
  readonly #provided: Map<string, number> = new Map()
  #lastEvent: LastTold | undefined
  #lastNote: LastTold | undefined

  provide(call: Call, depth: number): void {
    this.#provided.set(call.id, depth)
  }

  start(call: Call, { layer, depth, stateless }: Starting): SeenPass {
    this.#hold(this.#provided.get(call.id) === depth, 'P1', `${layer}: start did not follow its own provide`)
    if (call.detached === undefined) {
      const outside = new Set(this.#passesOf(call).map((pass) => pass.depth))
      for (let each = 0; each < depth; each++)
        this.#hold(outside.has(each), 'P1', `${layer} started before the layer at ${each}, which is further out`)
    }
    const state = stateless ? undefined : { of: `${layer} ${this.passes.length}` }
    const seen = { layer, depth, call, state, startedAt: call.clock.now(), text: '', usage: undefined }
    const pass: SeenPass = { ...seen, events: [], notes: [], endings: [], firstToken: undefined, facts: {} }
    this.passes.push(pass)
    this.#byCall.set(call, pass)
    return pass
  }

  firstToken(call: Call, event: StreamEvent, state: unknown): void {
    const pass = this.#open(call, 'firstToken', state)
    if (!pass) return
    this.#hold(pass.firstToken === undefined, 'R6', `${pass.layer}: firstToken twice`)
    this.#hold(hasContent(event), 'R6', `${pass.layer}: firstToken of an event without content: ${event.type}`)
    pass.firstToken = event.type
  }

  event(call: Call, event: StreamEvent, state: unknown): void {
    const pass = this.#open(call, 'event', state)
    if (!pass) return
    this.#hold(pass.firstToken !== undefined || !hasContent(event), 'R6', `${pass.layer}: content before firstToken`)
    this.#lastEvent = this.#inwardFirst(pass, event, this.#lastEvent)
    pass.events.push(event)
    if (event.type === 'text') pass.text += event.text
    if ('usage' in event && event.usage) pass.usage = event.usage
  }

  note(call: Call, note: Note, state: unknown): void {
    const pass = this.#byCall.get(call)
    this.#hold(pass !== undefined, 'N1', `a note before the pass: ${note.key.name}`)
    if (!pass) return
    const over = pass.endings.length > 0
    if (over) {
      this.#hold(note.key.name === 'detached-end', 'D1', `${pass.layer}: the note ${note.key.name} after its end`)
      this.#hold(state === undefined, 'D1', `${pass.layer}: a note after its end came with a state`)
    } else this.#hold(state === pass.state, 'P2', `${pass.layer}: note was given another state`)
    this.#lastNote = this.#inwardFirst(pass, note, this.#lastNote)
    pass.notes.push(note)
  }

  end(call: Call, ending: Ending, state: unknown): void {
    const pass = this.#byCall.get(call)
    this.#hold(pass !== undefined, 'P1', 'an end without a start')
    if (!pass) return
    this.#hold(state === pass.state, 'P2', `${pass.layer}: end was given another state`)
    this.#endsInwardFirst(pass)
    pass.endings.push(ending)
    pass.facts = { ...(call.facts as object) }
    this.#holdAccount(pass, ending)
  }

  /** What the ending says must be what has passed (E1). */
  #holdAccount(pass: SeenPass, ending: Ending): void {
    const { completion, at, providerMs, consumerMs } = ending
    const { layer, text, usage, startedAt } = pass
    this.#hold(completion.text === text, 'E1', `${layer}: ended with "${completion.text}" when "${text}" had passed`)
    this.#hold(
      usageLabel(completion.usage) === usageLabel(usage),
      'E1',
      `${layer}: ended with another usage than had passed`,
    )
    const total = at - startedAt
    this.#hold(
      providerMs >= 0 && consumerMs >= 0 && Math.abs(providerMs + consumerMs - total) < 1e-6,
      'E1',
      `${layer}: ${providerMs} ms of the provider and ${consumerMs} ms of the consumer are not ${total} ms`,
    )
  }

  #open(call: Call, hook: string, state: unknown): SeenPass | undefined {
    const pass = this.#byCall.get(call)
    this.#hold(pass !== undefined, 'P1', `${hook} without a start`)
    if (!pass) return undefined
    this.#hold(pass.endings.length === 0, 'P1', `${pass.layer}: ${hook} after its end`)
    this.#hold(state === pass.state, 'P2', `${pass.layer}: ${hook} was given another state`)
    return pass
  }

  #inwardFirst(pass: SeenPass, what: unknown, last: LastTold | undefined): LastTold {
    const { depth, layer, call } = pass
    const same = last !== undefined && last.what === what && last.callId === call.id
    this.#hold(!same || depth < last.depth, 'P1', `${layer} was told after a layer further out`)
    return { what, depth, callId: call.id }
  }

  /** Where a layer is entered once in a call, everything further in has ended before it. */
  #endsInwardFirst(pass: SeenPass): void {
    const ofCall = this.#passesOf(pass.call)
    if (ofCall.filter(({ depth }) => depth === pass.depth).length > 1) return
    const open = ofCall.find(({ depth, endings }) => depth > pass.depth && endings.length === 0)
    this.#hold(open === undefined, 'P1', `${pass.layer} ended before ${open?.layer}, which is further in`)
  }

  #passesOf(call: Call): readonly SeenPass[] {
    return this.passes.filter((pass) => pass.call.id === call.id)
  }

  #hold(holds: boolean, rule: string, what: string): void {
    if (!holds) this.broken.push(`${rule}: ${what}`)
  }
}
