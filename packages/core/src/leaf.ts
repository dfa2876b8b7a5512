import type { Adapter } from './adapter.ts'
import type { Attempt, AttemptDetails, AttemptReport } from './attempt.ts'
import type { AdapterCall } from './call.ts'
import { CallView, type Passage } from './call-view.ts'
import { EMPTY_COMPLETION } from './completion.ts'
import { attemptEndNote, attemptStartNote } from './core-notes.ts'
import type { Ending } from './ending.ts'
import { Entry } from './entry.ts'
import { ContractError } from './errors.ts'
import type { Reply } from './reply.ts'
import { Scope } from './scope.ts'

type Writable<T> = { -readonly [K in keyof T]: T[K] }

/**
 * The boundary to a leaf adapter: the only place where attempts are written (rule A1). An entry like those of layers, with no
 * layers in it, under a scope of its own so that an adapter that is left can be told.
 */
class Leaf implements AttemptReport {
  readonly #entry: Entry
  readonly #adapter: Adapter
  readonly #model: string
  readonly #reasons = new Set<string>()
  #current: Writable<Attempt>

  constructor(adapter: Adapter, parent: Entry, passage: Passage) {
    const inside: Passage = {
      ...passage,
      scope: new Scope(parent.root, { parent: passage.scope }),
      attempt: this,
    }
    this.#adapter = adapter
    this.#model = passage.request.model
    this.#entry = new Entry(parent.root, parent.plan.leaf, {
      parent,
      passage: inside,
      frame: parent.frame,
      inside: () => adapter.handle(new CallView(this.#entry, 0, inside) as object as AdapterCall),
      ended: (ending) => this.#ended(ending),
      won: () => {
        this.#current.won = true
      },
    })
    this.#current = this.#open()
  }

  enter(): Promise<Reply> {
    return this.#entry.enter()
  }

  report(details: AttemptDetails): void {
    Object.assign(this.#current, details)
  }

  again(reason: string, error: Error): void {
    if (this.#reasons.has(reason)) {
      throw new ContractError(
        `adapter:${this.#adapter.name}`,
        'A1',
        `sent its request again twice for one reason: ${reason}`,
      )
    }
    this.#reasons.add(reason)
    const { root } = this.#entry
    const at = root.now()
    this.#close({
      kind: 'failed',
      error,
      completion: EMPTY_COMPLETION,
      at,
      providerMs: at - this.#current.startedAt,
      consumerMs: 0,
    })
    this.#current = this.#open(reason)
  }

  #open(reason?: string): Writable<Attempt> {
    const { root, passes } = this.#entry
    const attempt: Writable<Attempt> = {
      index: root.attempts.length,
      provider: this.#adapter.name,
      model: this.#model,
      startedAt: root.now(),
      won: false,
      ...(reason !== undefined && { reason }),
    }
    root.attempts.push(attempt)
    passes.tell(0, attemptStartNote, attempt)
    return attempt
  }

  #ended(ending: Ending): void {
    if (ending.kind !== 'done') this.#entry.scope.abortQuietly('error' in ending ? ending.error : undefined)
    this.#close(ending)
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

/** Crosses from the layers to an adapter. */
export function crossTo(adapter: Adapter): Nested {
  const nested = (adapter as { [NESTED]?: Nested })[NESTED]
  return nested ?? ((parent, passage) => new Leaf(adapter, parent, passage).enter())
}
