import { fact, middleware } from '@cepa/core'
import { type Broken, controlling } from './broken.ts'

const label = fact<string, 'label', 'in'>('label', 'in')
const count = fact<number, 'count', 'out'>('count', 'out')
const shared = { events: 0 }
const one = middleware({ name: 'broken' })
let everywhere = 0

/** Middlewares that get passes, states, hooks or facts wrong. */
export const BROKEN_PASSES: readonly Broken[] = [
  {
    what: 'detaches a call and leaves it unread',
    rule: 'P1',
    also: ['E6', 'R5'],
    may: ['repeat'],
    make: () =>
      controlling(async (call, next) => {
        await next(call.detach('for nothing'))
        return next(call)
      }),
  },
  {
    what: 'gives every pass the same state',
    rule: 'P2',
    make: () => middleware({ name: 'broken', start: () => shared }),
  },
  {
    what: 'keeps what belongs to a pass in its closure',
    rule: 'P2',
    make: () => {
      let events = 0
      return middleware({
        name: 'broken',
        gives: [count],
        start: () => {
          events = 0
        },
        event: () => {
          events++
        },
        end: (call) => call.give(count, events),
      })
    },
  },
  {
    what: 'tells a logger of one call what it kept of another',
    rule: 'P2',
    make: (tell) => {
      let last: string | undefined
      return middleware({
        name: 'broken',
        event: (_call, event) => {
          if (event.type === 'text') last = event.text
        },
        end: () => tell(last),
      })
    },
  },
  {
    what: 'keeps state in its module',
    rule: 'C8',
    also: ['P2'],
    make: () =>
      middleware({
        name: 'broken',
        gives: [count],
        start: () => {
          everywhere = 0
        },
        event: () => {
          everywhere++
        },
        end: (call) => call.give(count, everywhere),
      }),
  },
  { what: 'is one object for all stacks', rule: 'C8', make: () => one },
  {
    what: 'throws in a hook',
    rule: 'P3',
    make: () =>
      middleware({
        name: 'broken',
        event: () => {
          throw new Error('oops')
        },
      }),
  },
  {
    what: 'has an asynchronous hook',
    rule: 'P3',
    make: () => middleware({ name: 'broken', end: (async () => undefined) as () => void }),
  },
  {
    what: 'changes an event in a hook',
    rule: 'P3',
    make: () =>
      middleware({
        name: 'broken',
        event: (_call, event) => {
          ;(event as { at: number }).at = 0
        },
      }),
  },
  {
    what: 'declares an in-fact and does not give it',
    rule: 'P4',
    make: () => middleware({ name: 'broken', gives: [label] }),
  },
  {
    what: 'declares an out-fact and never gives it',
    rule: 'P4',
    make: () => middleware({ name: 'broken', gives: [count] }),
  },
  {
    what: 'gives a fact that it does not declare',
    rule: 'P4',
    make: () => middleware({ name: 'broken', end: (call) => call.give(count, 1) }),
  },
  {
    what: 'has a note hook that counts on its state',
    rule: 'D1',
    make: () =>
      middleware({
        name: 'broken',
        start: () => ({ notes: 0 }),
        note: (_call, _note, state) => {
          ;(state as { notes: number }).notes++
        },
      }),
  },
]
