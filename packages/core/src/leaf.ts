import type { Adapter } from './adapter.ts'
import type { Attempt, AttemptDetails, AttemptReport } from './attempt.ts'
import type { AdapterCall } from './call.ts'
import { CallView, type Passage } from './call-view.ts'
import { EMPTY_COMPLETION } from './completion.ts'
import { attemptEndNote, attemptStartNote } from './core-notes.ts'
import type { Ending } from './ending.ts'
import { Entry } from './entry.ts'
import { ContractError } from './errors.ts'
import { refusalOf, refused } from './handle-rules.ts'
import type { Reply } from './reply.ts'

type Writable<T> = { -readonly [K in keyof T]: T[K] }

/**
 * The boundary to a leaf adapter: the only place where attempts are written (rule A1). An entry like those of layers, with no
 * layers in it.
 */
class Leaf implements AttemptReport {
  readonly #entry: Entry
  readonly #adapter: Adapter
  readonly #model: string
  readonly #reasons = new Set<string>()
  #current: Writable<Attempt>

  constructor(adapter: Adapter, parent: Entry, passage: Passage) {
    const inside: Passage = { ...passage, attempt: this }
    this.#adapter = adapter
    this.#model = passage.request.model
    this.#entry = new Entry(parent.root, parent.plan.leaf, {
      parent,
      passage: inside,
      frame: parent.frame,
      adapter,
      entering: () => this.#start(),
      inside: () => adapter.handle(new CallView(this.#entry, 0, inside) as object as AdapterCall),
      ended: (ending) => this.#close(ending),
      won: () => {
        this.#current.won = true
      },
    })
    this.#current = this.#make()
  }

  enter(): Promise<Reply> {
    return this.#entry.enter()
  }

  report(details: AttemptDetails): void {
    Object.assign(this.#current, details)
  }

  again(reason: string, error: Error): void {
    const { root, passes, passage } = this.#entry
    const refusal = refusalOf(this.#entry, passage)
    if (refusal) throw refusal
    if (this.#reasons.has(reason)) {
      throw new ContractError(passes.controller, 'A1', `sent its request again twice for one reason: ${reason}`)
    }
    this.#reasons.add(reason)
    const at = root.now()
    const providerMs = at - this.#current.startedAt
    this.#close({ kind: 'failed', error, completion: EMPTY_COMPLETION, at, providerMs, consumerMs: 0 })
    this.#current = this.#make(reason)
    this.#start()
  }

  #make(reason?: string): Writable<Attempt> {
    const { root } = this.#entry
    return {
      index: root.attempts.length,
      provider: this.#adapter.name,
      model: this.#model,
      startedAt: root.now(),
      won: false,
      ...(reason !== undefined && { reason }),
    }
  }

  #start(): void {
    this.#entry.root.attempts.push(this.#current)
    this.#entry.passes.tell(0, attemptStartNote, this.#current)
  }

  #close(ending: Ending): void {
    const { usage } = ending.completion
    this.#current.ending = ending
    if (usage) this.#current.usage = usage
    this.#entry.passes.tell(0, attemptEndNote, this.#current)
  }
}

/** How a pipeline or a route takes a call from the layers around it. */
export type Nested = (parent: Entry, passage: Passage) => Promise<Reply>

const NESTED: unique symbol = Symbol('cepa.nested')

/** Marks an adapter as no leaf: it goes on as part of the same call, and adds no attempt of its own. */
export const markNested = <A extends object>(adapter: A, nested: Nested): A =>
  Object.defineProperty(adapter, NESTED, { value: nested })

/** Crosses from the layers to an adapter, unless the call is over there. */
export function crossTo(adapter: Adapter): Nested {
  const nested = (adapter as { [NESTED]?: Nested })[NESTED]
  const cross: Nested = nested ?? ((parent, passage) => new Leaf(adapter, parent, passage).enter())
  return (parent, passage) => {
    const refusal = refusalOf(parent, passage)
    return refusal ? refused(refusal) : cross(parent, passage)
  }
}
