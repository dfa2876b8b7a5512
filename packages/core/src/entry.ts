import type { Call } from './call.ts'
import { CallView, DetachedCallView, type Passage, passageFor } from './call-view.ts'
import { type Completion, EMPTY_COMPLETION } from './completion.ts'
import { detachedEndNote } from './core-notes.ts'
import type { Ending, EndingKind } from './ending.ts'
import { ContractError, EndedError, errorOf } from './errors.ts'
import type { Flow } from './flow.ts'
import type { Frame } from './frame.ts'
import { LiveReply } from './live-reply.ts'
import { type Outside, Passes } from './passes.ts'
import type { Plan, Stretch } from './plan.ts'
import type { Reply } from './reply.ts'
import type { Root } from './root.ts'
import type { Scope } from './scope.ts'
import { setEnding } from './set-ending.ts'

/** How an entry ends, before the local rule E2 has told `aborted` from `failed`. */
export interface Close {
  readonly kind: Exclude<EndingKind, 'aborted'>
  readonly error?: Error
  readonly reason?: unknown
  readonly at: number
  readonly completion: Completion
}

/** Where an entry stands. */
export interface Place {
  readonly parent: Entry | undefined
  readonly passage: Passage
  readonly frame: Frame
  /** Runs what is inside the layers. Default: the controlling layer, or the next stretch, or the adapter. */
  readonly inside?: () => unknown
  /** Told when the entry has ended, before what is outside ends. */
  readonly ended?: (ending: Ending) => void
  /** Told when the reply of this entry is the caller's answer. */
  readonly won?: () => void
  /** Told when an inner entry has ended. */
  readonly childEnded?: (ending: Ending) => void
}

const drop = () => undefined

/**
 * One entry of a call into one stretch of layers: their passes, together. It first waits for its reply, is then carried by the
 * reply's flow, and ends once.
 */
export class Entry {
  readonly root: Root
  readonly stretch: Stretch
  readonly passes: Passes
  readonly passage: Passage
  readonly frame: Frame
  /** What is outside waits for this; an abort settles it at once, whatever the layers inside do. */
  readonly reply: Promise<Reply>
  flow: Flow | undefined
  /** How it ended; absent while it runs. */
  ending: Ending | undefined
  ended = false
  readonly #place: Place
  readonly #startedAt: number
  #interruption: Error | undefined
  #children: Entry[] | undefined
  #handled = false
  #nexts = 0
  #violation: ContractError | undefined
  #answerFrame: Frame | undefined
  #attachedAt = 0
  #waitedBefore = 0
  #resolve!: (reply: Reply) => void
  #reject!: (error: Error) => void

  constructor(root: Root, stretch: Stretch, place: Place) {
    this.root = root
    this.stretch = stretch
    this.passage = place.passage
    this.frame = place.frame
    this.#place = place
    this.#startedAt = root.now()
    const { parent } = place
    const outside: Outside | undefined = parent && { entry: parent, index: parent.stretch.layers.length }
    this.passes = new Passes(this, stretch, outside)
    this.reply = new Promise<Reply>((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    root.enrol(this)
    if (parent === undefined) return
    parent.#adoptChild(this)
    // a layer may drop the promise of its next(); that is told as rule R8, not as an unhandled rejection
    this.reply.catch(drop)
  }

  get plan(): Plan {
    return this.stretch.plan
  }

  get scope(): Scope {
    return this.passage.scope
  }

  /** The reply that this entry carries is the caller's answer. */
  win(): void {
    this.#place.won?.()
  }

  /** Whether `outer`'s controlling layer entered this one. */
  isInside(outer: Entry): boolean {
    return this.#place.parent === outer
  }

  /** The layers' way in, then what is inside them. Returns the promise of the reply. */
  enter(): Promise<Reply> {
    try {
      this.passes.enter(() => this.#interruption !== undefined)
    } catch (thrown) {
      this.fail(errorOf(thrown))
      return this.reply
    }
    const interruption = this.#interruption ?? (this.scope.fired ? this.scope.error : undefined)
    if (interruption) this.interrupt(interruption)
    else this.#run()
    return this.reply
  }

  #run(): void {
    const { handler, layers } = this.stretch
    const last = layers.length - 1
    let answer: unknown
    try {
      if (this.#place.inside) answer = this.#place.inside()
      else if (handler?.handle) {
        const view = this.passes.views[last] as object as Call<never>
        answer = handler.handle(view, (call) => this.#next(call), this.passes.states[last])
      } else answer = this.#inward(new CallView(this, layers.length, this.passage) as object as Call)
    } catch (thrown) {
      this.#settleHandled(undefined, errorOf(thrown))
      return
    }
    Promise.resolve(answer).then(
      (reply) => this.#settleHandled(reply),
      (thrown) => this.#settleHandled(undefined, errorOf(thrown)),
    )
  }

  /** What a controlling layer calls; holds it to rule R8. */
  #next(call: Call): Promise<Reply> {
    try {
      const behind = passageFor(this.passes.controller, this, call)
      if (behind.root === this.root) this.#countNext()
      return this.#inward(call)
    } catch (thrown) {
      const error = errorOf(thrown)
      if (error instanceof ContractError) this.#violation ??= error
      return Promise.reject(error)
    }
  }

  #countNext(): void {
    if (this.#handled)
      throw new ContractError(this.passes.controller, 'R8', 'called next() after its handle had returned')
    this.#nexts += 1
    if (this.#nexts === 1 || this.stretch.handler?.traits?.repeats) return
    throw new ContractError(this.passes.controller, 'R8', 'called next() more than once without the trait `repeats`')
  }

  #inward(call: Call): Promise<Reply> {
    const { entry: parent, root, passage } = passageFor(this.passes.controller, this, call)
    if (passage.scope.fired) return Promise.reject(passage.scope.error)
    if (root !== this.root) for (const running of root.options.detached?.runningIn ?? []) root.runIn(running)
    const { inner } = this.stretch
    if (inner === undefined) return this.plan.cross(parent, passage)
    const apart = parent === this && (this.stretch.handler?.traits?.repeats ?? false)
    const frame = apart ? this.plan.shape.child(this.frame) : parent.frame
    return new Entry(root, inner, { parent, passage, frame }).enter()
  }

  #settleHandled(answer: unknown, error?: Error): void {
    this.#handled = true
    if (this.ended) {
      if (answer instanceof LiveReply) answer.discard()
      return
    }
    const problem = this.#violation ?? error ?? this.#checkAnswer(answer)
    if (problem === undefined) {
      this.#adopt(answer as LiveReply)
      return
    }
    if (answer instanceof LiveReply) answer.discard()
    this.fail(problem)
  }

  /** Rule R8: exactly one reply, not used before, nothing left behind. */
  #checkAnswer(answer: unknown): Error | undefined {
    const broken = (what: string) => new ContractError(this.passes.controller, 'R8', what)
    if (!(answer instanceof LiveReply))
      return broken(`returned no reply but ${answer === null ? 'null' : typeof answer}`)
    const problem = answer.problemFor(this)
    if (problem) return broken(problem)
    for (const child of this.#children ?? []) {
      if (child.ended) continue
      if (child.flow === undefined) return broken('returned while a next() was not awaited')
      if (!answer.flow.carries(child.flow)) {
        return broken('dropped a reply: return it, cancel it, or name it in Reply.from(…, { of: reply })')
      }
    }
    return undefined
  }

  #adopt(answer: LiveReply): void {
    const { flow } = answer
    if (flow.error) {
      this.fail(flow.error)
      return
    }
    this.#answerFrame = answer.frame
    this.#attachedAt = this.root.now()
    this.#waitedBefore = flow.waitedMs
    this.flow = flow
    flow.attach(this)
    this.#resolve(answer.handOn(this))
  }

  /** Ends the entry by an error that reaches it before its reply: `failed`, or `aborted` by the local rule. */
  fail(error: Error): void {
    if (this.ended) return
    this.finish({ kind: 'failed', error, at: this.root.now(), completion: EMPTY_COMPLETION })
    this.#reject(error)
  }

  /** A scope that covers the entry fired. */
  interrupt(error: Error): void {
    if (this.passes.entering) this.#interruption ??= error
    else if (this.flow) this.flow.fail(error)
    else this.fail(error)
  }

  /** What is outside has left: the passes end `abandoned`, or as told. */
  abandon(reason: unknown, kind: 'abandoned' | 'unread' = 'abandoned'): void {
    if (this.ended) return
    if (this.flow) {
      this.flow.leave(reason, kind)
      return
    }
    this.finish({ kind, reason, at: this.root.now(), completion: EMPTY_COMPLETION })
    this.#reject(new EndedError('what is outside left before the reply came'))
  }

  /** Ends the passes, innermost first; once. */
  finish(close: Close): void {
    if (this.ended) return
    this.ended = true
    const inward = close.kind === 'unread' ? 'unread' : 'abandoned'
    for (const child of this.#children?.toReversed() ?? []) child.abandon(close.reason, inward)
    if (this.#answerFrame && this.#answerFrame !== this.frame) this.plan.shape.passOut(this.#answerFrame, this.frame)
    const ending = this.#endingOf(close)
    this.ending = ending
    this.#place.ended?.(ending)
    this.passes.end(ending)
    const { parent } = this.#place
    if (parent) parent.#place.childEnded?.(ending)
    else this.#leaveRoot(ending)
  }

  #endingOf({ kind, error, reason, at, completion }: Close): Ending {
    const total = at - this.#startedAt
    const providerMs = this.flow ? this.#attachedAt - this.#startedAt + this.flow.waitedMs - this.#waitedBefore : total
    const atEnd = { completion, at, providerMs, consumerMs: Math.max(0, total - providerMs) }
    if (kind === 'failed') return { kind: this.scope.fired ? 'aborted' : 'failed', error: error as Error, ...atEnd }
    if (kind === 'abandoned' && reason !== undefined) return { kind, reason, ...atEnd }
    return { kind, ...atEnd }
  }

  #leaveRoot(ending: Ending): void {
    if ('error' in ending) setEnding(ending.error, ending)
    this.root.release()
  }

  #adoptChild(child: Entry): void {
    this.#children ??= []
    this.#children.push(child)
  }

  /** Ends what runs of a detached call. */
  cancelDetached(reason: unknown): void {
    for (const child of this.#children ?? []) child.abandon(reason)
  }

  /** A call of its own (rule D1), held by an entry of its own that has no passes; tells the layers outside when it has ended. */
  detach(index: number, passage: Passage, reason: string): DetachedCallView {
    const root = this.root.detach(reason)
    const inside: Passage = { ...passage, scope: root.scope }
    const host = new Entry(root, this.stretch, {
      parent: undefined,
      passage: inside,
      frame: this.plan.shape.child(this.frame),
      childEnded: (ending) => {
        host.ended = true
        const call = new CallView(host, index, inside) as object as Call
        const value = { call, reason, parentId: this.root.id, ending }
        this.passes.deliver(
          index,
          { key: detachedEndNote as never, value, from: this.passes.nameOf(index), at: root.now() },
          true,
        )
        root.release()
      },
    })
    return new DetachedCallView(host, index, inside)
  }
}
