import type { CallRecord, ProviderState } from '@cepa/core'
import { expect, test } from 'vitest'
import { randomFrom } from '../../test/random.ts'
import { attemptOf, errorOf, recordOf } from '../../test/random-records.ts'
import { SyncClock } from '../../test/sync-clock.ts'
import { type AlertEvent, watchAlert } from './alert.ts'
import type { AlertRule } from './alert-rule.ts'
import { DEGRADED, DOWN } from './provider-state.ts'
import { type ProviderChange, ProviderWatch } from './provider-watch.ts'
import { STEPS } from './sliding-window.ts'

const CALLS = 100_000
const WINDOW_MS = 6000
const STEP_MS = WINDOW_MS / STEPS

interface Seen {
  readonly atMs: number
  readonly record: CallRecord
}

/** Times and calls of a service with good and bad spells, quiet hours and bursts. */
function* simulated(random: () => number): Generator<Seen> {
  let atMs = 0
  let spell = { until: 0, errors: 0, slow: 1, gapMs: 300, hits: 0.5 }
  for (let number = 0; number < CALLS; number++) {
    if (number >= spell.until) {
      spell = {
        until: number + Math.floor(random() * 600),
        errors: random() < 0.5 ? 0.01 : random(),
        slow: random() < 0.6 ? 1 : 1 + random() * 20,
        gapMs: random() < 0.8 ? 300 : 2000,
        hits: random(),
      }
      if (random() < 0.05) atMs += 20_000
    }
    atMs += Math.floor(random() * spell.gapMs)
    yield { atMs, record: someCall(random, spell) }
  }
}

function someCall(random: () => number, spell: { errors: number; slow: number; hits: number }): CallRecord {
  const provider = random() < 0.7 ? 'openai' : 'anthropic'
  // whole milliseconds and eighths of a cent: nothing depends on how floats are rounded
  const totalMs = Math.floor(random() * 1000 * spell.slow)
  const durations = { totalMs, providerMs: totalMs, consumerMs: 0 }
  const cost = { usd: Math.floor(random() * 64) / 1024, attempts: [] }
  if (random() < 0.3) {
    const outcome = random() < spell.hits ? 'hit' : 'miss'
    if (outcome === 'hit') return recordOf({ provider, durations, attempts: [], cache: { outcome } })
    return recordOf({ provider, durations, cost, attempts: [attemptOf({ provider })], cache: { outcome } })
  }
  if (random() >= spell.errors) return recordOf({ provider, durations, cost, attempts: [attemptOf({ provider })] })
  const error = errorOf(random() < 0.2 ? 'rate-limit' : random() < 0.1 ? 'auth' : 'server')
  const attempts = [attemptOf({ provider, ending: 'failed', error })]
  return recordOf({ provider, durations, ending: 'failed', error, attempts })
}

/** The calls in the window at a time: every call that was ever seen is looked at. */
function windowAt(seen: readonly Seen[], from: { index: number }, nowMs: number): readonly Seen[] {
  const oldest = Math.floor(nowMs / STEP_MS) - STEPS
  while (from.index < seen.length && Math.floor((seen[from.index] as Seen).atMs / STEP_MS) <= oldest) from.index += 1
  return seen.slice(from.index)
}

/** What a rule says of a window, from its calls. */
function brutalValue(rule: AlertRule, calls: readonly CallRecord[]): { calls: number; value: number | undefined } {
  const share = (all: readonly boolean[]) => ({
    calls: all.length,
    value: all.length === 0 ? undefined : all.filter(Boolean).length / all.length,
  })
  switch (rule.metric) {
    case 'errorRate':
      return share(calls.map(({ ending }) => ending === 'failed'))
    case 'cacheHitRatio':
      return share(calls.flatMap(({ cache }) => (cache ? [cache.outcome === 'hit'] : [])))
    case 'usdPerMinute': {
      const spent = calls.reduce((sum, { cost }) => sum + (cost?.usd ?? 0), 0)
      return { calls: calls.length, value: spent / (WINDOW_MS / 60_000) }
    }
    default: {
      const sorted = calls.map(({ durations }) => durations.totalMs).sort((a, b) => a - b)
      return { calls: sorted.length, value: sorted[Math.ceil((rule.quantile ?? 0.95) * sorted.length) - 1] }
    }
  }
}

interface Expected {
  readonly type: AlertEvent['type']
  readonly atMs: number
  readonly calls: number
  readonly value: number | undefined
}

const RULES: readonly (AlertRule & { readonly resolveAt: number; readonly minCalls: number })[] = [
  { name: 'errors', metric: 'errorRate', above: 0.2, resolveAt: 0.1, minCalls: 20, windowMs: WINDOW_MS },
  { name: 'p95', metric: 'durationMs', above: 4000, resolveAt: 2500, minCalls: 20, windowMs: WINDOW_MS },
  {
    name: 'median',
    metric: 'durationMs',
    above: 1500,
    resolveAt: 1500,
    quantile: 0.5,
    minCalls: 5,
    windowMs: WINDOW_MS,
  },
  { name: 'spend', metric: 'usdPerMinute', above: 6, resolveAt: 4, minCalls: 1, windowMs: WINDOW_MS },
  { name: 'cache', metric: 'cacheHitRatio', below: 0.4, resolveAt: 0.5, minCalls: 10, windowMs: WINDOW_MS },
]

/** Judges one rule anew over all calls of the window, at every call and at every step of the window. */
class BrutalAlert {
  readonly events: Expected[] = []
  readonly #rule: (typeof RULES)[number]
  #isFiring = false

  constructor(rule: (typeof RULES)[number]) {
    this.#rule = rule
  }

  judge(atMs: number, window: readonly Seen[]): void {
    const { calls, value } = brutalValue(
      this.#rule,
      window.map(({ record }) => record),
    )
    const rule = this.#rule
    const isBad = value !== undefined && ('below' in rule ? value < rule.below : value > rule.above)
    const isGood = value === undefined || ('below' in rule ? value >= rule.resolveAt : value <= rule.resolveAt)
    const type = this.#isFiring ? isGood && 'resolved' : isBad && calls >= rule.minCalls && 'fired'
    if (!type) return
    this.#isFiring = !this.#isFiring
    this.events.push({ type, atMs, calls, value })
  }
}

/** The same of how a provider does. */
class BrutalStatus {
  readonly changes: { from: ProviderState; state: ProviderState; atMs: number }[] = []
  readonly #provider: string
  #state: ProviderState = 'up'

  constructor(provider: string) {
    this.#provider = provider
  }

  judge(atMs: number, window: readonly Seen[]): void {
    const attempts = window
      .flatMap(({ record }) => record.attempts)
      .filter(({ provider }) => provider === this.#provider)
    if (attempts.length === 0) return
    const kinds = attempts.map(({ error }) => error?.kind)
    const failed = kinds.filter((kind) => kind === 'server').length
    const troubled = failed + kinds.filter((kind) => kind === 'rate-limit').length
    const from = this.#state
    const [failedShare, share] = [failed / attempts.length, troubled / attempts.length]
    const down =
      from === 'down' ? failedShare >= DOWN.leaveShare : failed >= DOWN.minFailed && failedShare >= DOWN.share
    const enters = troubled >= DEGRADED.minTroubled && share >= DEGRADED.share
    const degraded = from === 'up' ? enters : share >= DEGRADED.leaveShare
    this.#state = down ? 'down' : degraded ? 'degraded' : 'up'
    if (this.#state !== from) this.changes.push({ from, state: this.#state, atMs })
  }
}

test('alerts and statuses are those of brute force over a hundred thousand random calls', { timeout: 120_000 }, () => {
  const clock = new SyncClock()
  const report = (problem: unknown): never => expect.fail(JSON.stringify(problem))
  const parts = { clock, report }
  const told: AlertEvent[] = []
  const alerts = RULES.map((rule) => watchAlert(rule, (event) => told.push(event), parts))
  const providers = new ProviderWatch(parts, WINDOW_MS)
  const changes: ProviderChange[] = []
  providers.onChange((change) => changes.push(change))

  const brutes = RULES.map((rule) => new BrutalAlert(rule))
  const statuses = ['openai', 'anthropic'].map((name) => [name, new BrutalStatus(name)] as const)
  const seen: Seen[] = []
  const from = { index: 0 }
  const judgeAll = (atMs: number): void => {
    const window = windowAt(seen, from, atMs)
    for (const brute of brutes) brute.judge(atMs, window)
    for (const [, status] of statuses) status.judge(atMs, window)
  }

  let steps = 0
  for (const { atMs, record } of simulated(randomFrom(7))) {
    // nothing changes in an empty window: its steps need not be walked through
    const quietFrom = (seen.at(-1)?.atMs ?? 0) + WINDOW_MS + 2 * STEP_MS
    for (let step = Math.floor(clock.now() / STEP_MS) + 1; step * STEP_MS <= Math.min(atMs, quietFrom); step++) {
      clock.advanceTo(step * STEP_MS)
      const before = from.index
      windowAt(seen, from, step * STEP_MS)
      // a step at which no call leaves the window changes nothing
      if (from.index === before) continue
      judgeAll(step * STEP_MS)
      steps += 1
    }
    clock.advanceTo(atMs)
    seen.push({ atMs, record })
    judgeAll(atMs)
    for (const { observer } of alerts) observer.record?.(record)
    providers.record(record)
  }

  for (const [index, rule] of RULES.entries()) {
    const events = told.filter(({ name }) => name === rule.name)
    const wanted = brutes[index]?.events ?? []
    expect(wanted.length, rule.name).toBeGreaterThan(20)
    expect(events.map(({ type, atMs, calls }) => ({ type, atMs: atMs - 1_000_000, calls }))).toEqual(
      wanted.map(({ type, atMs, calls }) => ({ type, atMs, calls })),
    )
    for (const [at, { value }] of events.entries()) {
      const exact = wanted[at]?.value
      if (exact === undefined) expect(value).toBeUndefined()
      else
        expect(Math.abs((value ?? Number.NaN) - exact)).toBeLessThanOrEqual(
          rule.metric === 'durationMs' ? exact * 0.01 : 1e-9,
        )
    }
  }
  for (const [name, { changes: wanted }] of statuses) {
    const theirs = changes.filter(({ provider }) => provider === name)
    expect(wanted.length).toBeGreaterThan(20)
    expect(new Set(wanted.map(({ state }) => state))).toEqual(new Set(['up', 'degraded', 'down']))
    expect(theirs.map(({ from: was, state, sinceMs }) => ({ from: was, state, atMs: sinceMs - 1_000_000 }))).toEqual(
      wanted,
    )
  }
  expect(steps).toBeGreaterThan(1000)
  clock.advanceTo(clock.now() + 10 * WINDOW_MS)
  expect(clock.waiting).toBe(0)
})
