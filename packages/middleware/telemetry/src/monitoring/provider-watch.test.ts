import type { RecordedAttempt } from '@cepa/core'
import { virtualClock } from '@cepa/testing'
import { expect, test } from 'vitest'
import { attemptOf, errorOf, recordOf } from '../../test/random-records.ts'
import type { Problem } from '../problem.ts'
import { type Evidence, evidenceOf } from './provider-evidence.ts'
import { nextState } from './provider-state.ts'
import { type ProviderChange, ProviderWatch } from './provider-watch.ts'

const failing = attemptOf({ ending: 'failed', error: errorOf('server', { status: 500 }), status: 500 })
const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value)

function watching() {
  const clock = virtualClock()
  const problems: Problem[] = []
  const watch = new ProviderWatch({ clock, report: (problem) => problems.push(problem) })
  const changes: ProviderChange[] = []
  watch.onChange((change) => changes.push(change))
  const take = (...attempts: RecordedAttempt[]) => watch.record(recordOf({ attempts }))
  const state = () => watch.statuses().map((status) => status.state)
  return { clock, problems, watch, changes, take, state }
}

test('a provider goes down, recovers by way of degraded, and each change is told once', async () => {
  const { clock, watch, changes, take, state } = watching()
  expect(watch.statuses()).toEqual([])
  take(...times(4, failing))
  expect(state()).toEqual(['degraded'])
  take(failing)
  expect(watch.statuses()).toEqual([
    {
      provider: 'openai',
      state: 'down',
      attempts: 5,
      failed: 5,
      limited: 0,
      sinceMs: clock.epochMs(),
      lastSeenMs: clock.epochMs(),
    },
  ])
  await clock.advance(30_000)
  take(...times(2, attemptOf()))
  expect(state()).toEqual(['down'])
  take(attemptOf())
  expect(state()).toEqual(['degraded'])
  await clock.advance(30_000)
  expect(state()).toEqual(['up'])
  expect(changes.map(({ from, state: to }) => `${from} → ${to}`)).toEqual([
    'up → degraded',
    'degraded → down',
    'down → degraded',
    'degraded → up',
  ])
  await clock.advance(60_000)
  expect(clock.pending).toEqual([])
})

test('where nobody asks, nothing changes', async () => {
  const { clock, watch, take, state } = watching()
  take(...times(5, failing))
  await clock.advance(3_600_000)
  expect(state()).toEqual(['down'])
  expect(watch.statuses()[0]).toMatchObject({ attempts: 0, lastSeenMs: clock.epochMs() - 3_600_000 })
  take(attemptOf())
  expect(state()).toEqual(['up'])
})

test('each provider has a status of its own, also those within one call', () => {
  const { watch, take } = watching()
  for (let call = 0; call < 5; call++) take(failing, attemptOf({ index: 1, provider: 'anthropic' }))
  expect(watch.statuses().map(({ provider, state }) => [provider, state])).toEqual([
    ['openai', 'down'],
    ['anthropic', 'up'],
  ])
})

test('refusals for its limits degrade it, and never take it down', () => {
  const limited = attemptOf({ ending: 'failed', status: 429, error: errorOf('rate-limit') })
  const { take, state } = watching()
  take(...times(50, limited))
  expect(state()).toEqual(['degraded'])
})

test.each<[string, Partial<RecordedAttempt>, Evidence | undefined]>([
  ['an answer', {}, 'answered'],
  ['a server error', { ending: 'failed', error: errorOf('server') }, 'failed'],
  ['a stream that breaks off', { ending: 'failed', status: 200, headersMs: 5, error: errorOf('truncated') }, 'failed'],
  ['a limit', { ending: 'failed', status: 429, error: errorOf('rate-limit') }, 'limited'],
  ['a request that is refused', { ending: 'failed', status: 400, error: errorOf('invalid-request') }, 'answered'],
  ['a layer’s timeout', { ending: 'aborted', error: errorOf('timeout', { setBy: 'timeout' }) }, 'failed'],
  ['a caller’s deadline', { ending: 'aborted', error: errorOf('timeout', { setBy: 'caller' }) }, undefined],
  [
    'a caller’s deadline in the middle',
    { ending: 'aborted', headersMs: 9, error: errorOf('timeout', { setBy: 'caller' }) },
    'answered',
  ],
  ['a caller who aborts early', { ending: 'aborted', error: { name: 'AbortError', message: '' } }, undefined],
  ['a reader who leaves', { ending: 'abandoned', status: 200, headersMs: 5 }, 'answered'],
  ['something broken here', { ending: 'failed', error: { name: 'TypeError', message: '' } }, undefined],
])('%s tells what it tells', (_, said, evidence) => {
  expect(evidenceOf(attemptOf(said))).toBe(evidence)
})

test.each([
  ['up', { attempts: 30, failed: 2, limited: 0 }, 'up'],
  ['up', { attempts: 30, failed: 2, limited: 1 }, 'degraded'],
  ['up', { attempts: 31, failed: 3, limited: 0 }, 'up'],
  ['up', { attempts: 4, failed: 4, limited: 0 }, 'degraded'],
  ['up', { attempts: 5, failed: 5, limited: 0 }, 'down'],
  ['up', { attempts: 10, failed: 8, limited: 2 }, 'degraded'],
  ['degraded', { attempts: 100, failed: 5, limited: 0 }, 'degraded'],
  ['degraded', { attempts: 100, failed: 4, limited: 0 }, 'up'],
  ['down', { attempts: 10, failed: 7, limited: 0 }, 'down'],
  ['down', { attempts: 10, failed: 6, limited: 0 }, 'degraded'],
  ['down', { attempts: 0, failed: 0, limited: 0 }, 'down'],
] as const)('from %s, %o make it %s', (state, counts, next) => {
  expect(nextState(state, counts)).toBe(next)
})

test('a listener that throws is reported and stops nothing; one that has left hears nothing', () => {
  const { watch, problems, take, state } = watching()
  watch.onChange(() => {
    throw new Error('no')
  })
  let heard = 0
  const leave = watch.onChange(() => heard++)
  take(...times(3, failing))
  leave()
  take(...times(2, failing))
  expect([state()[0], heard, problems.length]).toEqual(['down', 1, 2])
  expect(problems[0]).toEqual({ where: 'provider status', error: new Error('no') })
})

test('providers are bounded too', () => {
  const { watch, take } = watching()
  for (let at = 0; at < 500; at++) take(attemptOf({ provider: `p-${at}` }))
  expect(watch.statuses()).toHaveLength(101)
  expect(watch.statuses().at(-1)).toMatchObject({ provider: 'other', attempts: 400 })
})
