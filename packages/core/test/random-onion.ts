import { signalProbe, type VirtualClock, virtualClock } from '@cepa/testing'
import {
  type Adapter,
  type AnyMiddleware,
  type Attempt,
  type CallTimes,
  type CepaError,
  type Ending,
  type Fault,
  fact,
  middleware,
  pipeline,
  Reply,
  type StreamEvent,
} from '../src/index.ts'
import { CountedFeed } from './counted-feed.ts'
import { request, text, textOf } from './onion.ts'
import type { RandomAnswer, RandomCall } from './random-call.ts'
import { layerOf } from './random-layers.ts'

/** One pass of a recording layer. */
interface Pass {
  readonly depth: number
  readonly id: number
  readonly parent: number | undefined
  readonly events: StreamEvent[]
  readonly endings: Ending[]
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
  readonly times: CallTimes[] = []
  timedPasses = 0
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
      traits: { timings: this.#call.timedBy === depth },
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
        if (depth === this.#call.timedBy) {
          this.timedPasses++
          call.onTimes((times) => void this.times.push(times))
        }
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

/** What is wrong with where the time went: it must be told once for each pass, and be the whole time of the call. */
function mistimed({ times, timedPasses }: Onion): string[] {
  const problems: string[] = []
  if (times.length !== timedPasses) problems.push(`times were told ${times.length} times to ${timedPasses} passes`)
  for (const { self, providerMs, consumerMs, wallMs } of times) {
    const all = [...self.map(({ ms }) => ms), providerMs, consumerMs]
    const sumMs = all.reduce((sum, ms) => sum + ms, 0)
    if (all.some((ms) => !(ms >= 0))) problems.push(`a time is less than nothing: ${all.join(' ')}`)
    if (Math.abs(sumMs - wallMs) > 1e-6) problems.push(`the times are ${sumMs} ms together, the call took ${wallMs}`)
  }
  return problems
}

function leftovers(onion: Onion): string[] {
  const { passes, feeds, clock, probe, attempts, adapterCalls } = onion
  const problems: string[] = mistimed(onion)
  for (const { depth, endings } of passes)
    if (endings.length !== 1) problems.push(`a pass of layer ${depth} has ${endings.length} endings`)
  for (const feed of feeds) {
    problems.push(...feed.problems)
    if (feed.closes === 0) problems.push('a feed was not closed')
  }
  if (clock.pending.length > 0) problems.push(`timers are left: ${JSON.stringify(clock.pending)}`)
  if (probe.listeners > 0) problems.push(`${probe.listeners} listeners are left`)
  if (attempts.length < adapterCalls)
    problems.push(`${adapterCalls} attempts were made, ${attempts.length} are written down`)
  for (const attempt of attempts)
    if (attempt.ending === undefined) problems.push(`attempt ${attempt.index} has not ended`)
  return problems
}
