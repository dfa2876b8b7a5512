import { type AnyMiddleware, type ChatRequest, middleware } from '@cepa/core'
import type { Answer, Step } from '../script.ts'
import {
  type Act,
  abortAfterEnd,
  abortingAt,
  abortWhileBusy,
  cancelAfter,
  dispose,
  embed,
  leaveAfter,
  neverRead,
  readAll,
  readWithin,
  resultDuring,
  resultOnly,
  throwAfter,
  whole,
  wholeWithin,
} from './acts.ts'
import type { BenchShape } from './bench.ts'

/** One way for a call to go. */
export interface Situation extends BenchShape {
  readonly name: string
  readonly act: Act
  /** The provider fails, or the time is long: where a layer with `change-endings` may end it otherwise. */
  readonly rough?: boolean
  /** The caller leaves or aborts: the provider must see it at once. */
  readonly leaves?: boolean
  /** The call is not over when the caller has done what it does. */
  readonly pends?: boolean
  /** How many events the caller asked for; nothing may be read beyond. */
  readonly asked?: number
}

const RICH: readonly Step[] = [
  { reasoning: 'Let me think.', signature: 'sig' },
  { text: 'The ' },
  { text: 'answer' },
  { toolCall: { name: 'look', arguments: { at: 'it' }, pieces: 3 } },
  { source: { url: 'https://example.com' } },
  { raw: { unknown: true } },
  { usage: { inputTokens: 20, outputTokens: 9, cacheReadTokens: 4, reasoningTokens: 2 } },
]
const SLOW: Answer = { headersMs: 20, everyMs: 10, text: 'one two three four five' }
const STALLED: readonly Step[] = [{ text: 'one' }, { waitMs: 10 }, { text: ' two' }, { stall: true }]

const failing = (kind: 'server' | 'invalid-request'): Answer => ({ failure: { kind } })
const failingAfter = (steps: readonly Step[], failure: Step): readonly Step[] => [...steps, failure]

/** Calls its inside again when the first try failed. */
const repeater = (): AnyMiddleware =>
  middleware({
    name: 'kitRepeat',
    traits: { repeats: true },
    async handle(call, next) {
      try {
        return await next(call)
      } catch {
        return next(call)
      }
    },
  })

/** Tries twice at once and leaves the second. */
const racer = (): AnyMiddleware =>
  middleware({
    name: 'kitRace',
    traits: { repeats: true },
    async handle(call, next) {
      const [first, second] = await Promise.all([next(call), next(call)])
      await second?.cancel('lost')
      return first
    },
  })

/** Makes a detached call beside the caller's own, and reads it after that has ended. */
const detacher = (): AnyMiddleware =>
  middleware({
    name: 'kitDetach',
    async handle(call, next) {
      const apart = call.detach('kit')
      void (async () => {
        try {
          for await (const event of await next(apart)) if (event.type === 'end') break
        } catch {
          // the detached call's own ending tells it
        }
      })()
      return next(call)
    },
  })

const each = (common: Partial<Situation>, situations: readonly Situation[]): readonly Situation[] =>
  situations.map((situation) => ({ ...situation, ...common }))

const ordinary: readonly Situation[] = [
  { name: 'read to the end', script: RICH, act: readAll },
  { name: 'read to the end, slowly', script: SLOW, act: readAll },
  { name: 'read to the end, from a feed of promises', script: RICH, act: readAll, asynchronous: true },
  { name: 'an empty answer', script: [{ end: 'stop' }], act: readAll },
  {
    name: 'two candidates',
    script: [{ text: 'a', choice: 0 }, { text: 'b', choice: 1 }, { end: 'length' }],
    act: readAll,
  },
  { name: 'a whole answer', script: RICH, act: whole },
  { name: 'a whole answer, slowly', script: SLOW, act: whole },
  { name: 'result() only', script: RICH, act: resultOnly },
  { name: 'result() in the loop', script: SLOW, act: resultDuring },
  { name: 'embeddings', script: {}, act: embed },
  { name: 'nested, read to the end', script: RICH, act: readAll, nested: true },
  { name: 'nested, a whole answer', script: RICH, act: whole, nested: true },
]

const leaving = each({ leaves: true }, [
  { name: 'leave after 1 event', script: SLOW, act: leaveAfter(1), asked: 1 },
  { name: 'leave after 3 events', script: SLOW, act: leaveAfter(3), asked: 3 },
  { name: 'leave after 3 events of many', script: 'a b c d e f g h', act: leaveAfter(3), asked: 3 },
  { name: 'throw in the loop', script: SLOW, act: throwAfter(2), asked: 2 },
  { name: 'cancel() after 2 events', script: STALLED, act: cancelAfter(2), asked: 2 },
  { name: 'dispose unread', script: SLOW, act: dispose, asked: 0 },
  { name: 'nested, leave after 2 events', script: SLOW, act: leaveAfter(2), asked: 2, nested: true },
])

const aborting = each({ leaves: true }, [
  { name: 'abort before the call', script: SLOW, act: abortingAt(0, readAll) },
  { name: 'abort before the call, whole', script: SLOW, act: abortingAt(0, whole) },
  { name: 'abort before headers', script: { headersMs: 50 }, act: abortingAt(10, readAll) },
  { name: 'abort before headers, whole', script: { headersMs: 50 }, act: abortingAt(10, whole) },
  { name: 'abort before the first token', script: [{ stall: true }], act: abortingAt(10, readAll) },
  { name: 'abort in the middle', script: STALLED, act: abortingAt(25, readAll) },
  { name: 'abort in the middle, whole', script: { headersFirst: true, steps: STALLED }, act: abortingAt(25, whole) },
  { name: 'abort while the caller is busy', script: SLOW, act: abortWhileBusy(3) },
  { name: 'nested, abort in the middle', script: STALLED, act: abortingAt(25, readAll), nested: true },
  { name: 'deadline', script: STALLED, act: readWithin(30), rough: true },
  { name: 'deadline, whole', script: { noHeaders: true }, act: wholeWithin(30), rough: true },
])

const failingOnes = each({ rough: true }, [
  { name: 'an error before headers', script: failing('server'), act: readAll },
  { name: 'an error before headers, whole', script: failing('server'), act: whole },
  { name: 'an error that no repeat can mend', script: failing('invalid-request'), act: readAll },
  { name: 'an error as first event', script: failingAfter([], { error: { kind: 'overloaded' } }), act: readAll },
  {
    name: 'an error in the middle',
    script: failingAfter([{ text: 'one' }], { error: { kind: 'server' } }),
    act: readAll,
  },
  { name: 'a reset in the middle', script: failingAfter([{ text: 'one' }], { reset: true }), act: readAll },
  { name: 'a clean end without finish', script: failingAfter([{ text: 'one' }], { truncate: true }), act: readAll },
  { name: 'a clean end without finish, whole', script: [{ truncate: true }], act: whole },
  { name: 'nested, an error before headers', script: failing('server'), act: readAll, nested: true },
])

const company: readonly Situation[] = [
  { name: 'abort after the end', script: SLOW, act: abortAfterEnd },
  { name: 'never read', script: SLOW, act: neverRead, rough: true, pends: true },
  {
    name: 'inside a layer that repeats',
    script: ({ index }) => (index === 0 ? failing('server') : { steps: RICH }),
    act: readAll,
    around: repeater,
    rough: true,
  },
  { name: 'inside a layer that races', script: SLOW, act: readAll, around: racer },
  {
    name: 'around a detached call',
    script: ({ index }) => (index === 0 ? { everyMs: 100, text: 'late one' } : 'soon'),
    act: readAll,
    within: detacher,
  },
]

/** Every way for a call to go that the kit tries. */
export const SITUATIONS: readonly Situation[] = [...ordinary, ...leaving, ...aborting, ...failingOnes, ...company]

/** The request that the kit sends unless told otherwise. */
export const KIT_REQUEST: ChatRequest = {
  model: 'kit-model',
  messages: [{ role: 'user', content: 'What is the answer?' }],
}
