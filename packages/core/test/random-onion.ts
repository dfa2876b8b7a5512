import { signalProbe, type VirtualClock, virtualClock } from '@cepa/testing'
import fc from 'fast-check'
import {
  type Adapter,
  type AnyMiddleware,
  type Attempt,
  type CepaError,
  type Ending,
  type Fault,
  type Feed,
  fact,
  middleware,
  pipeline,
  Reply,
  type StreamEvent,
} from '../src/index.ts'
import { end, handling, peeking, repeating, request, shouting, text, wrapping } from './onion.ts'

/** What a layer that stands between two recording ones does. */
export type LayerKind =
  | 'watch'
  | 'plain'
  | 'shout'
  | 'double'
  | 'drop'
  | 'append'
  | 'peek'
  | 'retry'
  | 'wrap'
  | 'cut'
  | 'hedge'
  | 'read'
  | 'narrow'
  | 'nest'

/** One answer of the provider. */
export interface RandomAnswer {
  /** Wait before the headers; 0 answers at once. */
  readonly headersMs: number
  readonly failsBeforeHeaders: boolean
  /** A wait before each of the texts; 0 answers at once, −1 in a promise. */
  readonly waitsMs: readonly number[]
  readonly closing: 'end' | 'error' | 'truncated' | 'stall'
}

/** When something happens: at a time, or in the middle of a certain hook. */
export type Trigger = { readonly atMs: number } | { readonly atHook: number }

/** A call, whatever it is. */
export interface RandomCall {
  readonly layers: readonly LayerKind[]
  readonly answers: readonly RandomAnswer[]
  readonly consumer: 'read' | 'break' | 'throw' | 'cancel' | 'dispose' | 'result' | 'complete' | 'overlap' | 'nothing'
  /** After how many events it leaves. */
  readonly events: number
  /** How long it takes for each. */
  readonly busyMs: number
  readonly abort: Trigger | undefined
  readonly cancel: Trigger | undefined
  readonly deadlineMs: number | undefined
}

const LAYERS: readonly LayerKind[] = [
  'watch',
  'plain',
  'shout',
  'double',
  'drop',
  'append',
  'peek',
  'retry',
  'wrap',
  'cut',
  'hedge',
  'read',
  'narrow',
  'nest',
]

const answers = fc.record<RandomAnswer>({
  headersMs: fc.constantFrom(0, 0, 5, 20),
  failsBeforeHeaders: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
  waitsMs: fc.array(fc.constantFrom(0, 0, -1, 3, 10), { maxLength: 5 }),
  closing: fc.constantFrom('end', 'end', 'end', 'error', 'truncated', 'stall'),
})

const trigger: fc.Arbitrary<Trigger | undefined> = fc.oneof(
  { weight: 2, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 40 }).map((atMs) => ({ atMs })) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 40 }).map((atHook) => ({ atHook })) },
)

/** Any call. */
export const randomCalls: fc.Arbitrary<RandomCall> = fc.record<RandomCall>({
  layers: fc.array(fc.constantFrom(...LAYERS), { maxLength: 5 }),
  answers: fc.array(answers, { minLength: 1, maxLength: 3 }),
  consumer: fc.constantFrom(
    'read',
    'read',
    'break',
    'throw',
    'cancel',
    'dispose',
    'result',
    'complete',
    'overlap',
    'nothing',
  ),
  events: fc.nat({ max: 4 }),
  busyMs: fc.constantFrom(0, 0, 7),
  abort: trigger,
  cancel: trigger,
  deadlineMs: fc.constantFrom(undefined, undefined, undefined, 15),
})

const isText = (event: StreamEvent): event is StreamEvent & { type: 'text' } => event.type === 'text'
const textOf = (events: readonly StreamEvent[]) => events.map((event) => (isText(event) ? event.text : '')).join('')

/** One pass of a recording layer. */
interface Pass {
  readonly depth: number
  readonly id: number
  readonly parent: number | undefined
  readonly events: StreamEvent[]
  readonly endings: Ending[]
}

/** A feed that keeps account of how it is used. */
class CountedFeed implements Feed {
  readonly problems: string[] = []
  closes = 0
  #pending: PromiseWithResolvers<StreamEvent | null> | undefined
  #next = 0
  #cancel: (() => void) | undefined
  readonly #answer: RandomAnswer
  readonly #clock: VirtualClock

  constructor(answer: RandomAnswer, clock: VirtualClock) {
    this.#answer = answer
    this.#clock = clock
  }

  pull(): StreamEvent | null | Promise<StreamEvent | null> {
    if (this.closes > 0) this.problems.push('pulled after it was closed')
    if (this.#pending) this.problems.push('pulled while a pull was pending')
    const index = this.#next++
    const waitMs = this.#answer.waitsMs[index] ?? 0
    if (waitMs === 0) return this.#give(index)
    const pending = Promise.withResolvers<StreamEvent | null>()
    this.#pending = pending
    const answer = () => {
      if (this.#pending !== pending) return
      this.#pending = undefined
      pending.resolve(this.#give(index))
    }
    if (waitMs < 0) queueMicrotask(answer)
    else this.#cancel = this.#clock.setTimer(waitMs, answer)
    return pending.promise
  }

  close(): void {
    this.closes++
    this.#cancel?.()
    this.#pending?.resolve(null)
    this.#pending = undefined
  }

  #give(index: number): StreamEvent | null | Promise<null> {
    const { waitsMs, closing } = this.#answer
    if (index < waitsMs.length) return text(`${index}.`)
    if (closing === 'end') return end()
    if (closing === 'truncated') return null
    if (closing === 'error') return Promise.reject(new Error('in the middle'))
    this.#pending = Promise.withResolvers<StreamEvent | null>()
    return this.#pending.promise as Promise<null>
  }
}

/** Everything that a call leaves behind, to be judged. */
export interface Observed {
  readonly problems: readonly string[]
  readonly outermost: Pass | undefined
  readonly consumed: readonly StreamEvent[]
  readonly error: unknown
}

class Onion {
  readonly clock: VirtualClock = virtualClock()
  readonly probe = signalProbe()
  readonly problems: string[] = []
  readonly passes: Pass[] = []
  readonly feeds: CountedFeed[] = []
  attempts: readonly Attempt[] = []
  reply: Reply | undefined
  adapterCalls = 0
  #hooks = 0
  #passes = 0
  readonly #call: RandomCall

  constructor(call: RandomCall) {
    this.#call = call
  }

  readonly adapter: Adapter = {
    name: 'random',
    operations: ['chat'],
    identity: () => 'random',
    handle: async (call) => {
      const { answers: all } = this.#call
      const answer = all[this.adapterCalls++ % all.length] as RandomAnswer
      if (answer.headersMs > 0) {
        const waiting = Promise.withResolvers<void>()
        const cancel = this.clock.setTimer(answer.headersMs, waiting.resolve)
        const stop = () => {
          cancel()
          waiting.resolve()
        }
        call.signal.addEventListener('abort', stop, { once: true })
        await waiting.promise
        call.signal.removeEventListener('abort', stop)
      }
      if (answer.failsBeforeHeaders) throw new Error('before headers')
      const feed = new CountedFeed(answer, this.clock)
      this.feeds.push(feed)
      return Reply.from(feed)
    },
  }

  /** Counts a hook; what is to happen in the middle of one happens here. */
  #hook(): void {
    const nth = this.#hooks++
    const { abort, cancel } = this.#call
    if (abort && 'atHook' in abort && abort.atHook === nth) this.probe.abort('from a hook')
    if (cancel && 'atHook' in cancel && cancel.atHook === nth) void this.reply?.cancel('from a hook')
  }

  /** A layer that writes down its passes, and who entered each by a fact that every pass gives inward. */
  recording(depth: number): AnyMiddleware {
    const own = fact<number, string, 'in'>(`pass${depth}`, 'in')
    const outer = fact<number, string, 'in'>(`pass${depth - 1}`, 'in')
    const open = (id: number) => this.passes.filter(({ parent, endings }) => parent === id && endings.length === 0)
    return middleware<string, Pass, readonly [], readonly []>({
      name: `recording${depth}`,
      reads: (depth > 0 ? [outer] : []) as never,
      gives: [own] as never,
      provide: (call) => {
        call.give(own, ++this.#passes)
        this.#hook()
      },
      start: (call): Pass => {
        const facts = call.facts as Record<string, number>
        const pass: Pass = { depth, id: facts[own.name] as number, parent: facts[outer.name], events: [], endings: [] }
        this.passes.push(pass)
        if (depth === 0) this.attempts = call.attempts
        this.#hook()
        return pass
      },
      event: (_call, event, pass) => {
        if (pass.endings.length > 0) this.problems.push(`${event.type} passed layer ${depth} after its end`)
        pass.events.push(event)
        this.#hook()
      },
      note: (_call, _note, pass) => {
        if (pass === undefined || pass.endings.length > 0)
          this.problems.push(`layer ${depth} heard a note after its end`)
        this.#hook()
      },
      end: (_call, ending, pass) => {
        pass.endings.push(ending)
        if (open(pass.id).length > 0) this.problems.push(`layer ${depth} ended before what is inside of it`)
        if (ending.completion.text !== textOf(pass.events))
          this.problems.push(
            `the completion at layer ${depth} is ${ending.completion.text}, not ${textOf(pass.events)}`,
          )
        this.#hook()
      },
    }) as object as AnyMiddleware
  }

  /** The layers, each between two recording ones; nested pipelines are made where they are asked for. */
  pipeline(): ReturnType<typeof pipeline> {
    const stacks: AnyMiddleware[][] = [[this.recording(0)]]
    for (const [index, kind] of this.#call.layers.entries()) {
      if (kind === 'nest') stacks.push([])
      else stacks.at(-1)?.push(layerOf(kind, `layer${index}`))
      const reading = this.recording(index + 1)
      // an inner pipeline is put together alone: what it reads of the outer one must be optional
      const first = stacks.length > 1 && stacks.at(-1)?.length === 0
      stacks
        .at(-1)
        ?.push(first ? ({ ...reading, reads: reading.reads.map((key) => key.optional) } as AnyMiddleware) : reading)
    }
    const report = ({ middleware: name, hook, error }: Fault) => this.problems.push(`${name}.${hook}: ${error.message}`)
    let adapter: Adapter = this.adapter
    for (const layers of stacks.toReversed())
      adapter = pipeline({ adapter, layers: layers as readonly AnyMiddleware[] as [], clock: this.clock, report })
    return adapter as ReturnType<typeof pipeline>
  }
}

const cutting = (name: string) =>
  handling(name, async (call, next) => {
    const reply = await next(call)
    const cut = async function* () {
      for await (const event of reply) {
        yield event
        if (isText(event) && event.text.startsWith('1')) break
        if (event.type === 'end') return
      }
      yield end()
    }
    return Reply.from(cut(), { of: reply })
  })

const hedging = (name: string) =>
  handling(
    name,
    async (call, next) => {
      const both = await Promise.allSettled([next(call), next(call)])
      const [winner, loser] = both.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
      if (winner === undefined) throw (both[0] as PromiseRejectedResult).reason
      await loser?.cancel('lost')
      return winner
    },
    { repeats: true },
  )

const LAYER_MAKERS: Record<Exclude<LayerKind, 'nest'>, (name: string) => unknown> = {
  watch: (name) => middleware({ name, event() {}, end() {} }),
  plain: (name) => handling(name, (call, next) => next(call)),
  shout: shouting,
  double: (name) =>
    handling(name, async (call, next) =>
      (await next(call)).transform((event) => (isText(event) ? [event, event] : event)),
    ),
  drop: (name) =>
    handling(name, async (call, next) =>
      (await next(call)).transform((event) => (isText(event) && event.text.startsWith('0') ? undefined : event)),
    ),
  append: (name) =>
    handling(name, async (call, next) =>
      (await next(call)).transform((event) => (event.type === 'end' ? [text('!'), event] : event)),
    ),
  peek: peeking,
  retry: (name) => repeating(name, 3),
  wrap: wrapping,
  cut: cutting,
  hedge: hedging,
  read: (name) =>
    handling(name, async (call, next) => {
      const { text: whole } = await (await next(call)).result()
      return Reply.from([text(whole), end()])
    }),
  narrow: (name) =>
    handling(name, (call, next) => next(call.with({ signal: new AbortController().signal as never, idleMs: 10_000 }))),
}

const layerOf = (kind: Exclude<LayerKind, 'nest'>, name: string): AnyMiddleware =>
  LAYER_MAKERS[kind](name) as AnyMiddleware

/** Consumes an answer as it is told, and gives what came to it. */
async function consume(onion: Onion, call: RandomCall, consumed: StreamEvent[]): Promise<void> {
  const options = { signal: onion.probe.signal, ...(call.deadlineMs !== undefined && { deadlineMs: call.deadlineMs }) }
  const chat = onion.pipeline()
  if (call.consumer === 'complete') {
    const { text: whole } = await chat.complete(request, options)
    consumed.push(text(whole))
    return
  }
  const reply = await chat(request, options)
  onion.reply = reply
  if (call.consumer === 'nothing') return
  if (call.consumer === 'result') {
    consumed.push(text((await reply.result()).text))
    return
  }
  if (call.consumer === 'overlap') {
    const steps = reply[Symbol.asyncIterator]()
    for (let open = true; open; ) {
      const asked = await Promise.allSettled([steps.next(), steps.next(), steps.next()])
      for (const each of asked) if (each.status === 'fulfilled' && !each.value.done) consumed.push(each.value.value)
      const failed = asked.find((each) => each.status === 'rejected')
      if (failed) throw failed.reason
      open = asked.every((each) => each.status === 'fulfilled' && !each.value.done)
    }
    return
  }
  for await (const event of reply) {
    consumed.push(event)
    if (call.busyMs > 0) await new Promise<void>((resolve) => onion.clock.setTimer(call.busyMs, resolve))
    if (call.consumer === 'read' || consumed.length < call.events) continue
    if (call.consumer === 'throw') throw new Error('by the consumer')
    if (call.consumer === 'cancel') await reply.cancel('by the consumer')
    else if (call.consumer === 'dispose') await reply[Symbol.asyncDispose]()
    else break
  }
}

/** Makes a call, lets everything happen that is to happen, and judges what it leaves behind. */
export async function observe(call: RandomCall): Promise<Observed> {
  const onion = new Onion(call)
  const consumed: StreamEvent[] = []
  let error: unknown
  let over = false
  const consuming = consume(onion, call, consumed).then(
    () => {
      over = true
    },
    (thrown) => {
      error = thrown
      over = true
    },
  )
  const { abort, cancel } = call
  if (abort && 'atMs' in abort) onion.clock.setTimer(abort.atMs, () => onion.probe.abort('in time'))
  if (cancel && 'atMs' in cancel) onion.clock.setTimer(cancel.atMs, () => void onion.reply?.cancel('in time'))
  await onion.clock.advance(1000)
  // whatever stalls for ever is aborted in the end, and what is not read ends unread
  if (!over) onion.probe.abort('at last')
  await onion.clock.advance(60_000)
  if (over) await consuming
  else onion.problems.push('the consumer waits for ever')
  const outermost = onion.passes.find(({ depth }) => depth === 0)
  return { problems: [...onion.problems, ...leftovers(onion)], outermost, consumed, error: error as CepaError }
}

function leftovers({ passes, feeds, clock, probe, attempts, adapterCalls }: Onion): string[] {
  const problems: string[] = []
  for (const { depth, endings } of passes)
    if (endings.length !== 1) problems.push(`a pass of layer ${depth} has ${endings.length} endings`)
  for (const feed of feeds) {
    problems.push(...feed.problems)
    if (feed.closes === 0) problems.push('a feed was not closed')
  }
  if (clock.pending.length > 0) problems.push(`timers are left: ${JSON.stringify(clock.pending)}`)
  if (probe.listeners > 0) problems.push(`${probe.listeners} listeners are left`)
  if (attempts.length !== adapterCalls && probe.listeners === 0 && attempts.length < adapterCalls)
    problems.push(`${adapterCalls} attempts were made, ${attempts.length} are written down`)
  for (const attempt of attempts)
    if (attempt.ending === undefined) problems.push(`attempt ${attempt.index} has not ended`)
  return problems
}

export { textOf }
