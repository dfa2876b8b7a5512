import { middleware, Reply, type StreamEvent } from '@cepa/core'
import { type Broken, controlling } from './broken.ts'

/** Middlewares that get endings, attempts or the request wrong. */
export const BROKEN_ENDINGS: readonly Broken[] = [
  {
    what: 'changes the request without the trait',
    rule: 'P8',
    make: () => controlling((call, next) => next(call.with({ request: { ...call.request, model: 'other' } as never }))),
  },
  {
    what: 'never answers when the provider failed',
    rule: 'E1',
    make: () =>
      controlling(async (call, next) => {
        try {
          return await next(call)
        } catch {
          return new Promise<Reply>(() => undefined)
        }
      }),
  },
  {
    what: 'hides a failure behind an answer of its own',
    rule: 'E2',
    also: ['A1'],
    make: () =>
      controlling(async (call, next) => {
        try {
          return await next(call)
        } catch {
          return Reply.from([{ type: 'end', finish: 'stop', at: call.clock.now() }])
        }
      }),
  },
  {
    what: 'turns every failure into one of its own',
    rule: 'E2',
    make: () =>
      controlling((call, next) =>
        next(call).catch((error) => Promise.reject(new Error(`it failed: ${error.message}`))),
      ),
  },
  {
    what: 'reads the whole answer before it gives it',
    rule: 'E3',
    also: ['E1', 'E6', 'R1', 'R4', 'R5'],
    make: () =>
      controlling(async (call, next) => {
        const reply = await next(call)
        const events: StreamEvent[] = []
        for await (const event of reply) events.push(event)
        return Reply.from(events, { of: reply })
      }),
  },
  {
    what: 'lets the provider go on when the caller leaves',
    rule: 'E6',
    also: ['E3', 'P1'],
    make: () =>
      controlling(async (call, next) => {
        const inner = call.detach('keep going')
        const reply = await next(inner)
        return Reply.from(reply)
      }),
  },
  {
    what: 'leaves a timer behind',
    rule: 'E6',
    make: () =>
      middleware({
        name: 'broken',
        start: (call) => {
          call.clock.setTimer(50_000, () => undefined)
        },
      }),
  },
  {
    what: 'leaves a listener on the signal of the call',
    rule: 'E6',
    make: () =>
      middleware({
        name: 'broken',
        start: (call) => {
          call.signal.addEventListener('abort', () => undefined)
        },
      }),
  },
  {
    what: 'answers without asking the provider',
    rule: 'A1',
    also: ['E6', 'R5'],
    changes: true,
    make: () => controlling(async (call) => Reply.from([{ type: 'end', finish: 'stop', at: call.clock.now() }])),
  },
]
