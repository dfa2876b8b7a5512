import type { Call } from './call.ts'
import { CallView } from './call-view.ts'
import { type Fault, faultNote } from './core-notes.ts'
import type { Ending } from './ending.ts'
import type { Entry } from './entry.ts'
import { ContractError, errorOf } from './errors.ts'
import type { AnyFactKey } from './fact.ts'
import type { MiddlewareSpec } from './middleware.ts'
import type { Note, NoteKey } from './note.ts'
import type { Stretch } from './plan.ts'
import type { Scope } from './scope.ts'
import { type Account, HOOK, type Ledger } from './times/account.ts'

type Hook = 'start' | 'firstToken' | 'event' | 'note' | 'end'

/** Where notes go on to: a position, and the entry that it is in. */
export interface Outside {
  readonly entry: Entry
  readonly index: number
}

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'

/** The passes of one entry, one for each layer of its stretch: their states, their hooks, and what is told by and to them. */
export class Passes {
  readonly stretch: Stretch
  /** Each layer's own view of the call, by its position. */
  readonly views: CallView[] = []
  readonly states: unknown[] = []
  /** Whether a `provide` is being run: the time for in-facts. */
  #providing = false
  readonly #entry: Entry
  readonly #outside: Outside | undefined
  /** How many have started, outermost first. Only these end, and only these hear. */
  #started = 0
  #over = false
  readonly #ledger: Ledger | undefined
  #faulted: Set<number> | undefined

  constructor(entry: Entry, stretch: Stretch, outside: Outside | undefined) {
    this.#entry = entry
    this.stretch = stretch
    this.#outside = outside
    this.#ledger = entry.root.times?.ledgerOf(stretch.plan)
  }

  /** Where the time of a layer's hook counts; `undefined` where times are not taken, or were not yet when the layer was entered. */
  account(index: number, hook: number): Account | undefined {
    return this.#ledger?.account(this.stretch.offset + index, hook)
  }

  /** The same for the layer that controls. */
  controllerAccount(hook: number): Account | undefined {
    return this.stretch.handler && this.account(this.stretch.layers.length - 1, hook)
  }

  /** A hook runs from now on. */
  time(index: number, hook: number): void {
    const account = this.account(index, hook)
    if (account) this.#entry.root.times?.run(account)
  }

  nameOf(index: number): string {
    return (
      this.stretch.layers[index]?.name ?? `adapter:${(this.#entry.place.adapter ?? this.stretch.plan.adapter).name}`
    )
  }

  /** Name of the layer that controls, or of what stands inside where none does. */
  get controller(): string {
    return this.nameOf(this.stretch.layers.length - (this.stretch.handler ? 1 : 0))
  }

  /**
   * Runs `provide` and `start` of each layer, outermost first. When the call's signal fires meanwhile, the layer whose turn it is is the
   * last; one that has fired before keeps nobody out of the outermost stretch (rule E6).
   *
   * @throws what a `provide` throws; the layer that threw has not started.
   */
  enter(scope: Scope): void {
    const late = scope.fired
    for (const [index, layer] of this.stretch.layers.entries()) {
      this.#provide(index, layer)
      this.#start(index, layer)
      if (scope.fired && !late) return
    }
  }

  #provide(index: number, layer: MiddlewareSpec): void {
    const view = new CallView(this.#entry, index, this.#entry.passage)
    this.views[index] = view
    if (layer.provide === undefined) return
    this.#providing = true
    this.time(index, HOOK.provide)
    try {
      const result: unknown = layer.provide(view as object as Call<never>)
      // what it was to check would go unchecked: the call must not go on
      if (result !== undefined && isThenable(result)) throw this.#asynchronous(index, 'provide', result)
    } finally {
      this.#providing = false
    }
  }

  #start(index: number, layer: MiddlewareSpec): void {
    this.states[index] = undefined
    this.#started = index + 1
    if (layer.start) this.time(index, HOOK.start)
    try {
      const state = layer.start?.(this.views[index] as object as Call<never>)
      if (this.checkSync(index, 'start', state)) this.states[index] = state
    } catch (thrown) {
      this.fault(index, 'start', thrown)
    }
  }

  /** Runs `end` of every pass that has started, innermost first. */
  end(ending: Ending): void {
    for (let index = this.#started - 1; index >= 0; index--) {
      try {
        const layer = this.stretch.layers[index]
        if (layer?.end) this.time(index, HOOK.end)
        this.checkSync(
          index,
          'end',
          layer?.end?.(this.views[index] as object as Call<never>, ending, this.states[index]),
        )
      } catch (thrown) {
        this.fault(index, 'end', thrown)
      }
    }
    this.#over = true
  }

  /** A hook broke rule P3: told once per pass, and the call goes on. */
  fault(index: number, hook: Hook, thrown: unknown): void {
    this.#faulted ??= new Set()
    if (this.#faulted.has(index)) return
    this.#faulted.add(index)
    const fault = { middleware: this.nameOf(index), hook, error: errorOf(thrown) }
    if (hook === 'note' || !this.tell(index, faultNote, fault)) this.#report(fault)
  }

  #report(fault: Fault): void {
    try {
      this.#entry.root.options.report(fault)
    } catch {
      // who reports faults may be broken too; the call goes on
    }
  }

  /** Rule P4: a layer gives what it declares, and in-facts on the way in only. */
  checkGift(index: number, key: AnyFactKey): void {
    const name = this.nameOf(index)
    if (!this.stretch.layers[index]?.gives?.some((each) => each.name === key.name)) {
      throw new ContractError(name, 'P4', `gave the fact ${key.name} without declaring it in \`gives\``)
    }
    if (key.direction === 'in' && !this.#providing) {
      throw new ContractError(name, 'P4', `gave the in-fact ${key.name} outside \`provide\``)
    }
  }

  /** Whether a layer outside of a position would hear a note. */
  heard(index: number): boolean {
    if (!this.#over) {
      for (const each of this.stretch.notes) if (each < index && each < this.#started) return true
    }
    return this.#outside?.entry.passes.heard(this.#outside.index) ?? false
  }

  /** Tells a note to the layers outside of a position (rule N1). Returns whether any heard it. */
  tell<T>(index: number, key: NoteKey<T>, value: T): boolean {
    if (!this.heard(index)) return false
    this.deliver(index, { key, value, from: this.nameOf(index), at: this.#entry.root.now() } as Note)
    return true
  }

  /** Gives a note to the listening layers outside of a position, innermost first; `late` also to those whose pass is over. */
  deliver(index: number, note: Note, late = false): void {
    const { root } = this.#entry
    const { times } = root
    root.beginStep()
    const before = times?.begin()
    try {
      if (!this.#over || late) {
        for (const each of this.stretch.notes) if (each < index && each < this.#started) this.#hear(each, note)
      }
      this.#outside?.entry.passes.deliver(this.#outside.index, note, late)
    } finally {
      if (before) times?.end(before)
      root.endStep()
    }
  }

  #hear(index: number, note: Note): void {
    const state = this.#over ? undefined : this.states[index]
    this.time(index, HOOK.note)
    try {
      const layer = this.stretch.layers[index]
      this.checkSync(index, 'note', layer?.note?.(this.views[index] as object as Call<never>, note, state))
    } catch (thrown) {
      this.fault(index, 'note', thrown)
    }
  }

  /** Whether a hook kept to being synchronous; if not, its rejection is caught and it is a fault. */
  checkSync(index: number, hook: Hook, result: unknown): boolean {
    if (result === undefined || !isThenable(result)) return true
    this.fault(index, hook, this.#asynchronous(index, hook, result))
    return false
  }

  #asynchronous(index: number, hook: Hook | 'provide', result: PromiseLike<unknown>): ContractError {
    result.then(undefined, () => undefined)
    return new ContractError(this.nameOf(index), 'P3', `its hook ${hook} returned a promise; hooks are synchronous`)
  }
}
