import {
  type Adapter,
  type AdapterCall,
  type ChatRequest,
  type Completion,
  type EventSource,
  type Feed,
  type Handler,
  type Middleware,
  middleware,
  Reply,
  type StreamEvent,
  type Traits,
} from '../src/index.ts'

/** What the tests ask. */
export const request: ChatRequest = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] }

export const text = (value: string, at = 0): StreamEvent => ({ type: 'text', text: value, at })
export const end = (at = 0): StreamEvent => ({ type: 'end', finish: 'stop', at })
/** The events of a whole answer: texts, then `end`. */
export const said = (...texts: readonly string[]): StreamEvent[] => [...texts.map((value) => text(value)), end()]

/** Any pipeline, whatever its layers, as far as most tests use it. */
export interface Chat {
  (request: ChatRequest, options?: { readonly signal?: AbortSignal; readonly deadlineMs?: number }): Promise<Reply>
  complete(
    request: ChatRequest,
    options?: { readonly signal?: AbortSignal; readonly deadlineMs?: number },
  ): Promise<Completion>
}

/** The text that events carry. */
export const textOf = (events: readonly StreamEvent[]): string =>
  events.map((event) => (event.type === 'text' ? event.text : '')).join('')

/** How an answer may be asked for. */
export const MODES = ['stream', 'complete'] as const
export type Mode = (typeof MODES)[number]

/** Reads a reply to its end. */
export async function read(reply: Reply | Promise<Reply>): Promise<StreamEvent[]> {
  const events: StreamEvent[] = []
  for await (const event of await reply) events.push(event)
  return events
}

/** Makes a call in either mode, and gives what it rejects with, if it does. */
export async function errorOf(chat: Chat, mode: Mode, options = {}): Promise<unknown> {
  try {
    await (mode === 'stream' ? read(chat(request, options)) : chat.complete(request, options))
    return undefined
  } catch (error) {
    return error
  }
}

/** What a promise rejects with; fails where it resolves. */
export const rejection = (promise: Promise<unknown>): Promise<Error & Record<string, unknown>> =>
  promise.then(
    () => {
      throw new Error('it did not reject')
    },
    (error) => error,
  )

/** A feed that a test moves by hand, and that keeps account of how it is used. */
export class HandFeed implements Feed {
  pulls = 0
  closes = 0
  closeReason: unknown
  readonly #queue: (StreamEvent | null | Error)[] = []
  #pending: PromiseWithResolvers<StreamEvent | null> | undefined

  /** Whether a pull waits. */
  get waiting(): boolean {
    return this.#pending !== undefined
  }

  push(...events: readonly (StreamEvent | null | Error)[]): void {
    this.#queue.push(...events)
    const pending = this.#pending
    if (pending === undefined || this.#queue.length === 0) return
    this.#pending = undefined
    const next = this.#queue.shift() as StreamEvent | null | Error
    if (next instanceof Error) pending.reject(next)
    else pending.resolve(next)
  }

  pull(): StreamEvent | null | Promise<StreamEvent | null> {
    this.pulls++
    if (this.closes > 0) return null
    const next = this.#queue.shift()
    if (next instanceof Error) throw next
    if (next !== undefined) return next
    this.#pending = Promise.withResolvers<StreamEvent | null>()
    return this.#pending.promise
  }

  close(reason?: unknown): void {
    this.closes++
    this.closeReason ??= reason
    this.#pending?.resolve(null)
    this.#pending = undefined
  }
}

/** An adapter that keeps the calls it was given. */
export interface TestAdapter extends Adapter {
  readonly calls: readonly AdapterCall[]
}

/** An adapter that answers from a source of events, made anew for each of its calls, or with a reply as it is. */
export function answering(
  answer: (call: AdapterCall, nth: number) => EventSource | Reply | Promise<EventSource | Reply>,
  parts: Partial<Adapter> = {},
): TestAdapter {
  const calls: AdapterCall[] = []
  return {
    name: 'test',
    operations: ['chat', 'embed'],
    identity: () => 'test',
    calls,
    async handle(call) {
      calls.push(call)
      const given = await answer(call, calls.length - 1)
      return 'result' in given ? (given as Reply) : Reply.from(given as EventSource)
    },
    ...parts,
  }
}

/** An adapter that says the same to every call. */
export const saying = (...texts: readonly string[]): TestAdapter => answering(() => said(...texts))

/** A layer that controls by a function and does nothing else. */
export const handling = <const N extends string>(
  name: N,
  handle: (call: Parameters<Handler>[0], next: Handler) => Promise<Reply>,
  traits: Traits = {},
): Middleware<N> => middleware({ name, traits, handle }) as object as Middleware<N>

/** A layer that tries so often. */
export const repeating = <const N extends string>(name: N, tries: number): Middleware<N> =>
  handling(
    name,
    async (call, next) => {
      for (let left = tries; ; left--) {
        try {
          return await next(call)
        } catch (error) {
          if (left === 1 || call.signal.aborted) throw error
        }
      }
    },
    { repeats: true },
  )

/** A layer that reads the reply in a loop of its own and passes on a new one. */
export const wrapping = <const N extends string>(name: N): Middleware<N> =>
  handling(name, async (call, next) => {
    const reply = await next(call)
    const read = async function* () {
      yield* reply
    }
    return Reply.from(read(), { of: reply })
  })

/** A layer that makes capitals of all text. */
export const shouting = <const N extends string>(name: N): Middleware<N> =>
  handling(name, async (call, next) =>
    (await next(call)).transform((event) =>
      event.type === 'text' ? { ...event, text: event.text.toUpperCase() } : event,
    ),
  )

/** A layer that waits for the first content. */
export const peeking = <const N extends string>(name: N): Middleware<N> =>
  handling(name, async (call, next) => {
    const reply = await next(call)
    await reply.peek()
    return reply
  })

/**
 * What every log of recording layers must show (rule P1): each `start` has exactly one `end`, a layer that stands further in ends before
 * the one around it, and nothing but a `detached-end` note comes after the end. Returns what is wrong.
 */
export function soundness(log: readonly string[]): readonly string[] {
  const problems: string[] = []
  const open: string[] = []
  for (const line of log) {
    const [, layer = '', hook = '', rest = ''] = /^(\w+)\.(\w+) ?(.*)$/.exec(line) ?? []
    if (hook === 'start') open.push(layer)
    else if (hook === 'end') {
      const innermost = open.pop()
      if (innermost !== layer) problems.push(`${line}, while ${innermost ?? 'nothing'} was innermost`)
    } else if (hook !== 'provide' && rest !== 'detached-end' && !open.includes(layer))
      problems.push(`${line} outside its pass`)
  }
  return [...problems, ...open.map((layer) => `${layer} has not ended`)]
}
