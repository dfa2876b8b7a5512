import { AwaitedReply } from './awaited-reply.ts'
import type { Call } from './call.ts'
import { type Passage, passageFor } from './call-view.ts'
import { type Close, endingOf } from './close.ts'
import { EMPTY_COMPLETION } from './completion.ts'
import type { Ending } from './ending.ts'
import { ContractError, EndedError, errorOf } from './errors.ts'
import type { Flow } from './flow.ts'
import type { Frame } from './frame.ts'
import { answerProblem, nextProblem, refusalOf, refused } from './handle-rules.ts'
import { LiveReply } from './live-reply.ts'
import { PassSignals } from './pass-signals.ts'
import { type Outside, Passes } from './passes.ts'
import type { Place } from './place.ts'
import type { Plan, Stretch } from './plan.ts'
import type { Reply } from './reply.ts'
import type { Root } from './root.ts'
import type { Scope } from './scope.ts'
import { setEnding } from './set-ending.ts'
import type { AbortSignal } from './signal.ts'
import { HandleWait } from './times/handle-wait.ts'

const NONE: readonly Entry[] = []

/**
 * One entry of a call into one stretch of layers: their passes, together. It first waits for its reply, is then carried by the
 * reply's flow, and ends once.
 */
export class Entry {
  readonly root: Root
  readonly place: Place
  readonly stretch: Stretch
  readonly passes: Passes
  readonly passage: Passage
  readonly frame: Frame
  flow: Flow | undefined
  /** How it ended; absent while it runs. */
  ending: Ending | undefined
  ended = false
  /** Whether its controlling layer, or the adapter, has returned. */
  handled = false
  readonly #startedAt: number
  readonly #awaited = new AwaitedReply()
  #children: Entry[] | undefined
  #signals: PassSignals | undefined
  #nexts = 0
  #violation: ContractError | undefined
  #answerFrame: Frame | undefined
  #attachedAt = 0
  #waitedBefore = 0
  #wait: HandleWait | undefined

  constructor(root: Root, stretch: Stretch, place: Place) {
    this.root = root
    this.stretch = stretch
    this.passage = place.passage
    this.frame = place.frame
    this.place = place
    this.#startedAt = root.now()
    const { parent } = place
    const outside: Outside | undefined = parent && { entry: parent, index: parent.stretch.layers.length }
    this.passes = new Passes(this, stretch, outside)
    root.enrol(this)
    if (parent === undefined) return
    parent.#children ??= []
    parent.#children.push(this)
  }

  get plan(): Plan {
    return this.stretch.plan
  }

  get scope(): Scope {
    return this.passage.scope
  }

  /** The entries that this one's layers have made, in order. */
  get children(): readonly Entry[] {
    return this.#children ?? NONE
  }

  /** A signal for what runs within a scope in this entry's name: it fires also when the entry is left. */
  signalIn(scope: Scope): AbortSignal {
    if (this.#signals === undefined) {
      this.#signals = new PassSignals(this.root)
      this.#leaveSignals()
    }
    return this.#signals.in(scope)
  }

  /** The layers' way in, then what is inside them. Returns the promise of the reply, which an abort settles at once. */
  enter(): Promise<Reply> {
    const { promise } = this.#awaited
    const before = this.root.times?.begin()
    this.root.beginStep()
    try {
      this.place.entering?.()
      this.passes.enter(this.scope)
    } catch (thrown) {
      this.fail(errorOf(thrown))
    } finally {
      this.root.endStep()
    }
    if (this.scope.fired) this.fail(this.scope.error)
    if (!this.ended) this.#run()
    if (before) this.root.times?.end(before)
    return promise
  }

  #run(): void {
    const { handler, layers } = this.stretch
    const last = layers.length - 1
    let answer: unknown
    this.#wait = HandleWait.begin(this)
    try {
      if (this.place.inside) answer = this.place.inside()
      else if (handler?.handle) {
        const view = this.passes.views[last] as object as Call<never>
        answer = handler.handle(view, (call) => this.#next(call), this.passes.states[last])
      } else answer = this.#inward(this, this.passage)
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
      const { entry, passage } = passageFor(this, call)
      entry.#nexts += 1
      const problem = nextProblem(entry, entry.#nexts)
      if (problem) throw problem
      return this.#inward(entry, passage)
    } catch (thrown) {
      const error = errorOf(thrown)
      if (error instanceof ContractError) this.#violation ??= error
      return refused(error)
    }
  }

  /** Goes on inward from `parent`: from this entry, or from the one that stands for a call which was detached from it. */
  #inward(parent: Entry, passage: Passage): Promise<Reply> {
    const { root } = parent
    if (root !== this.root) for (const running of root.options.detached?.runningIn ?? []) root.runIn(running)
    const { inner } = this.stretch
    if (inner === undefined) return this.plan.cross(parent, passage)
    const refusal = refusalOf(parent, passage)
    if (refusal) return refused(refusal)
    const apart = parent === this && (this.stretch.handler?.traits?.repeats ?? false)
    const frame = apart ? this.plan.shape.child(this.frame) : parent.frame
    return new Entry(root, inner, { parent, passage, frame }).enter()
  }

  #settleHandled(answer: unknown, error?: Error): void {
    this.handled = true
    this.#wait?.end()
    const problem = this.ended ? undefined : (this.#violation ?? error ?? answerProblem(this, answer))
    if (!this.ended && problem === undefined) {
      this.#adopt(answer as LiveReply)
      return
    }
    if (answer instanceof LiveReply) answer.discard()
    if (problem) this.fail(problem)
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
    this.#awaited.resolve(answer.handOn(this))
  }

  /** Ends the entry by an error that reaches it before its reply: `failed`, or `aborted` by the local rule. */
  fail(error: Error): void {
    this.finish({ kind: 'failed', error, at: this.root.now(), completion: EMPTY_COMPLETION })
    this.#awaited.reject(error)
  }

  /** A scope that covers the entry fired. */
  interrupt(error: Error): void {
    if (this.flow) this.flow.fail(error)
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
    this.#awaited.reject(new EndedError('what is outside left before the reply came'))
  }

  /** Ends the passes, innermost first; once. */
  finish(close: Close): void {
    if (this.ended) return
    this.ended = true
    this.#wait?.end()
    const before = this.root.times?.begin()
    this.root.beginStep()
    try {
      const inward = close.kind === 'unread' ? 'unread' : 'abandoned'
      for (const child of this.children.toReversed()) child.abandon(close.reason, inward)
      if (this.#answerFrame && this.#answerFrame !== this.frame) this.plan.shape.passOut(this.#answerFrame, this.frame)
      const ending = endingOf(close, {
        fired: this.scope.fired,
        startedAt: this.#startedAt,
        waitedMs: this.flow && this.#attachedAt - this.#startedAt + this.flow.waitedMs - this.#waitedBefore,
      })
      this.ending = ending
      this.place.ended?.(ending)
      this.passes.end(ending)
      this.#leaveSignals()
      this.#tellOutside(ending)
    } finally {
      this.root.endStep()
      if (before) this.root.times?.end(before)
    }
  }

  /** What ended early by other means than its scope is told so by its signals. */
  #leaveSignals(): void {
    const { ending } = this
    if (this.#signals === undefined || ending === undefined || ending.kind === 'done' || this.scope.fired) return
    this.#signals.leave('error' in ending ? ending.error : new EndedError('what is outside left before the end'))
  }

  #tellOutside(ending: Ending): void {
    const { parent } = this.place
    if (parent) parent.place.childEnded?.(ending)
    else {
      if ('error' in ending) setEnding(ending.error, ending)
      this.root.release()
    }
  }
}
