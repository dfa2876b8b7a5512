import { Reply } from '@cepa/core'
import { type Broken, controlling } from './broken.ts'

/** Middlewares that get replies wrong. */
export const BROKEN_REPLIES: readonly Broken[] = [
  {
    what: 'drops an event',
    rule: 'R4',
    also: ['E1', 'E2'],
    make: () =>
      controlling(async (call, next) =>
        (await next(call)).transform((event) => (event.type === 'text' ? undefined : event)),
      ),
  },
  {
    what: 'swallows the end',
    rule: 'R4',
    make: () =>
      controlling(async (call, next) =>
        (await next(call)).transform((event) => (event.type === 'end' ? undefined : event)),
      ),
  },
  {
    what: 'reads three events ahead',
    rule: 'R1',
    also: ['E6', 'R4', 'R5'],
    make: () =>
      controlling(async (call, next) => {
        const reply = await next(call)
        let events = 0
        await reply.peek(() => ++events === 3)
        return reply
      }),
  },
  {
    what: 'lets the caller wait for what it does itself',
    rule: 'R5',
    also: ['E6'],
    make: () =>
      controlling(async (call, next) => {
        const reply = await next(call)
        await new Promise<void>((resolve) => void call.clock.setTimer(5, resolve))
        return reply
      }),
  },
  {
    what: 'calls next twice without the trait',
    rule: 'R8',
    make: () =>
      controlling(async (call, next) => {
        await (await next(call)).cancel()
        return next(call)
      }),
  },
  {
    what: 'does not await its next',
    rule: 'R8',
    make: () =>
      controlling(async (call, next) => {
        void next(call)
        return Reply.from([])
      }),
  },
  {
    what: 'drops a reply',
    rule: 'R8',
    make: () =>
      controlling(async (call, next) => {
        await next(call)
        return Reply.from([{ type: 'end', finish: 'stop', at: 0 }])
      }),
  },
  {
    what: 'returns no reply',
    rule: 'R8',
    make: () => controlling(async (call, next) => void (await (await next(call)).cancel()) as never),
  },
]
