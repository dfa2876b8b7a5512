import { type AnyMiddleware, middleware, Reply, type StreamEvent } from '../src/index.ts'
import { end, handling, peeking, repeating, shouting, text, wrapping } from './onion.ts'
import type { LayerKind } from './random-call.ts'

const isText = (event: StreamEvent): event is StreamEvent & { type: 'text' } => event.type === 'text'

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

/** A layer of a kind. */
export const layerOf = (kind: Exclude<LayerKind, 'nest'>, name: string): AnyMiddleware =>
  LAYER_MAKERS[kind](name) as AnyMiddleware
