import { fact, middleware, noteKey, OptionError } from '@cepa/core'
import { expect, test } from 'vitest'
import { checkMiddleware, KitError, recorder, testMiddleware } from '../../src/index.ts'
import { BROKEN_ENDINGS } from './broken-endings.ts'
import { BROKEN_OPTIONS } from './broken-options.ts'
import { BROKEN_PASSES } from './broken-passes.ts'
import { BROKEN_REPLIES } from './broken-replies.ts'

const BROKEN = [...BROKEN_PASSES, ...BROKEN_ENDINGS, ...BROKEN_REPLIES, ...BROKEN_OPTIONS]

const label = fact<string, 'label', 'in'>('label', 'in')
const count = fact<number, 'count', 'out'>('count', 'out')
const own = noteKey<number>('own')

const refuse = (): never => {
  throw new OptionError({ owner: 'sound', field: 'x', value: '1', remedy: 'leave it out' })
}

test.each(BROKEN)('rejects a middleware that $what', async ({ what: _, rule, also = [], ...options }) => {
  const report = await checkMiddleware(options)
  expect(report.brokenRules.toSorted(), new KitError(report).message).toEqual([rule, ...also].toSorted())
  await expect(testMiddleware(options)).rejects.toBeInstanceOf(KitError)
})

test('there is a broken middleware for every rule that the kit checks', async () => {
  const { checks } = await testMiddleware({
    make: () =>
      middleware({
        name: 'sound',
        gives: [label, count],
        provide: (call) => call.give(label, 'x'),
        end: (call) => call.give(count, 1),
      }),
    badOptions: [refuse],
    may: ['change-request'],
  })
  // rules that show only where they are broken
  const checked = new Set([...checks.map(({ rule }) => rule), 'P8', 'R8', 'D1'])
  expect([...new Set(BROKEN.map(({ rule }) => rule))].toSorted()).toEqual([...checked].toSorted())
  expect(BROKEN).toHaveLength(40)
})

test('accepts layers that do nothing, only pass on, or write everything down', async () => {
  const report = await testMiddleware({ make: () => middleware({ name: 'nothing' }) })
  expect(report.checks.length).toBeGreaterThan(400)
  await testMiddleware({ make: () => middleware({ name: 'passOn', handle: (call, next) => next(call) }) })
  await testMiddleware({ make: () => recorder().layer('rec', { handle: true }) })
})

test('a note of its own is no fault', async () => {
  await testMiddleware({ make: () => middleware({ name: 'sound', start: (call) => call.emit(own, 1) }) })
})

test('what it reads may be given by a layer outside', async () => {
  const giver = () => middleware({ name: 'giver', gives: [label], provide: (call) => call.give(label, 'x') })
  await testMiddleware({
    make: (tell) => middleware({ name: 'reader', reads: [label], end: (call) => tell(call.facts.label) }),
    outside: () => [giver()],
  })
})

test('what a layer says that it does is no fault', async () => {
  const shout = () =>
    middleware({
      name: 'shout',
      handle: async (call, next) =>
        (await next(call)).transform((event) =>
          event.type === 'text' ? { ...event, text: event.text.toUpperCase() } : event,
        ),
    })
  await expect(testMiddleware({ make: shout })).rejects.toThrow('events pass unchanged')
  await testMiddleware({ make: shout, changes: true })
})

test('the error lists each broken rule with what was seen, three times at most', async () => {
  const error = await testMiddleware({
    name: 'right',
    make: () => middleware({ name: 'wrong', event: () => refuse() }),
  }).catch((thrown) => thrown)
  expect(error.message.split('\n')).toEqual([
    expect.stringMatching(/^wrong breaks 2 of its rules \(\d+ of \d+ checks\):$/),
    '  C2  the name is as told: it is wrong, not right',
    expect.stringMatching(
      /^ {2}P3 {2}read to the end: hooks do not throw and return nothing: hook event: OptionError: sound/,
    ),
    expect.stringMatching(/^ {2}P3 /),
    expect.stringMatching(/^ {2}P3 /),
    expect.stringMatching(/^ {2}P3 {2}… and \d+ more$/),
  ])
})
