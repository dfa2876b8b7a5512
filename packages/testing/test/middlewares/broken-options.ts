import { middleware, OptionError } from '@cepa/core'
import type { Broken } from './broken.ts'

/** Middlewares that get options, data, identity or closing wrong. */
export const BROKEN_OPTIONS: readonly Broken[] = [
  {
    what: 'has another name than its factory',
    rule: 'C2',
    name: 'sound',
    make: () => middleware({ name: 'broken' }),
  },
  {
    what: 'leaves a timer behind when it is closed',
    rule: 'C9',
    make: () => {
      let started = false
      return middleware({
        name: 'broken',
        start: (call) => {
          const tick = (): void => void call.clock.setTimer(1000, tick, { background: true })
          if (!started) tick()
          started = true
        },
      })
    },
  },
  {
    what: 'throws when it is closed twice',
    rule: 'C9',
    make: () => {
      let closed = false
      return middleware({
        name: 'broken',
        close: () => {
          if (closed) throw new Error('closed already')
          closed = true
        },
      })
    },
  },
  {
    what: 'changes answers and has no identity',
    rule: 'K1',
    changes: true,
    make: () =>
      middleware({
        name: 'broken',
        identity: '',
        handle: async (call, next) =>
          (await next(call)).transform((event) => (event.type === 'text' ? { ...event, text: '*' } : event)),
      }),
  },
  {
    what: 'takes bad options',
    rule: 'X1',
    badOptions: [() => middleware({ name: 'broken' })],
    make: () => middleware({ name: 'broken' }),
  },
  {
    what: 'refuses bad options with an error of its own',
    rule: 'X1',
    badOptions: [
      () => {
        throw new TypeError('no')
      },
    ],
    make: () => middleware({ name: 'broken' }),
  },
  {
    what: 'takes bad per-call options',
    rule: 'X1',
    badCallOptions: [{ mode: 'no such' }],
    make: () =>
      middleware({
        name: 'broken',
        perCall: { mode: { expects: 'anything', kind: 'data', accepts: (_: unknown): _ is string => true } },
      }),
  },
  {
    what: 'refuses bad per-call options too late',
    rule: 'X1',
    badCallOptions: [{ mode: 'no such' }],
    make: () =>
      middleware({
        name: 'broken',
        perCall: { mode: { expects: 'anything', kind: 'data', accepts: (_: unknown): _ is string => true } },
        handle: async (call, next) => {
          const reply = await next(call)
          if (call.options === undefined) return reply
          await reply.cancel()
          throw new OptionError({ owner: 'broken', field: 'mode', value: 'no such', remedy: 'choose another' })
        },
      }),
  },
  {
    what: 'has data that is no data',
    rule: 'X1',
    make: () => middleware({ name: 'broken', data: { since: new Date(0) } }),
  },
  {
    what: 'shows a secret in explain()',
    rule: 'X1',
    secrets: ['sk-secret'],
    make: () => middleware({ name: 'broken', data: { key: 'sk-secret' } }),
  },
]
