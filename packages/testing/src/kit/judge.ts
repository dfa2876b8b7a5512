import { timeless } from '../collect.ts'
import type { LedgerEntry } from '../ledger.ts'
import type { RecordedPass } from '../recorder.ts'
import { textSeen } from './acts.ts'
import type { Permission } from './middleware-options.ts'
import { errorWords, type Observation } from './observe.ts'
import { type Checklist, difference, shown } from './report.ts'
import type { Situation } from './situations.ts'

/** What one situation is judged by: what was seen with the subject, and what without it. */
export interface Case {
  readonly situation: Situation
  readonly name: string
  readonly may: ReadonlySet<Permission>
  readonly seen: Observation
  readonly bare: Observation
}

type Judge = (of: Case) => readonly [rule: string, what: string, detail: string | false | undefined] | undefined

const endingWords = (passes: readonly RecordedPass[]): readonly string[] =>
  passes.map(({ endings }) =>
    endings.map((ending) => `${ending.kind}${'error' in ending ? ` ${errorWords(ending.error)}` : ''}`).join(', '),
  )

/** The call comes to an end on its own clock. */
const settles: Judge = ({ seen }) => ['E1', 'the call settles', seen.stuck]

/** Every pass around and of the subject ends, and once. */
const endsOnce: Judge = ({ seen }) => {
  const wrong = [...seen.outer, ...seen.inner].find(({ endings }) => endings.length !== 1)
  const open = seen.open > 0 && `${seen.open} passes were open until close()`
  return [
    'P1',
    'every pass ends once',
    open || (wrong && `a pass of ${wrong.layer} ended ${wrong.endings.length} times`),
  ]
}

/** Hooks are synchronous and do not throw; a `note` hook also knows that its pass may be over. */
const hooksAreSound: Judge = ({ seen, name, situation }) => {
  const fault = seen.faults.find(({ middleware }) => middleware === name)
  const rule = fault?.hook === 'note' && situation.within ? 'D1' : 'P3'
  return [rule, 'hooks do not throw and return nothing', fault && `hook ${fault.hook}: ${shown(fault.error)}`]
}

/** What stands outside sees the same events as without the subject. */
const eventsAreKept: Judge = ({ seen, bare, may }) => {
  if (may.has('change-events') || seen.stuck) return undefined
  const eventsOf = (of: Observation): unknown =>
    of.outer.flatMap(({ events }) => timeless(events)).concat([{ text: of.acted ? textSeen(of.acted) : '' }])
  // what was read ahead of a failure is lost with it
  if (may.has('read-ahead') && seen.outer.some(({ endings }) => endings[0]?.kind !== 'done')) return undefined
  // where an ending may differ, so may what had come by then
  if (may.has('change-endings') && difference(endingWords(bare.outer), endingWords(seen.outer))) return undefined
  return ['R4', 'events pass unchanged', difference(eventsOf(bare), eventsOf(seen))]
}

/** The passes outside end as they would without the subject. */
const endingsAreKept: Judge = ({ seen, bare, may, situation }) => {
  if ((may.has('change-endings') && situation.rough) || seen.stuck) return undefined
  return ['E2', 'the call ends as it would without it', difference(endingWords(bare.outer), endingWords(seen.outer))]
}

/** What stands inside ends as it would without the subject. */
const insideIsKept: Judge = ({ seen, bare, may, situation }) => {
  const free =
    may.has('answer') || may.has('outlive') || may.has('repeat') || (may.has('change-endings') && situation.rough)
  if (free || seen.stuck) return undefined
  return ['E3', 'what is inside ends with it', difference(endingWords(bare.inner), endingWords(seen.inner))]
}

const closings = (ledger: readonly LedgerEntry[]): unknown =>
  ledger.map(({ outcome, endedAt }) => (outcome === 'closed' ? `closed at ${endedAt} ms` : outcome))

/** The provider sees at once that the caller has left or aborted. */
const upstreamCloses: Judge = ({ seen, bare, may, situation }) => {
  if (!situation.leaves || may.has('outlive') || may.has('answer') || seen.stuck) return undefined
  const late = may.has('delay') || may.has('repeat')
  const open = seen.ledger.find(({ outcome }) => outcome === 'open')
  const detail = late ? open && 'the provider still answers' : difference(closings(bare.ledger), closings(seen.ledger))
  return ['E6', 'the provider is closed at once', detail]
}

/** Nothing is pulled that nobody asked for. */
const readsNotAhead: Judge = ({ seen, bare, may, situation }) => {
  if (situation.asked === undefined || may.has('read-ahead') || may.has('outlive') || may.has('answer'))
    return undefined
  const pulls = (of: Observation): number => of.ledger.reduce((sum, entry) => sum + entry.pulls, 0)
  const more = pulls(seen) > pulls(bare)
  return ['R1', 'nothing is read ahead', more && `${situation.asked} events were asked for, ${pulls(seen)} pulled`]
}

/** The caller has its reply as soon as the provider accepted the request. */
const repliesAtHeaders: Judge = ({ seen, bare, may }) => {
  if (may.has('delay') || may.has('read-ahead') || may.has('answer') || seen.stuck) return undefined
  return ['R5', 'the reply comes with the headers', difference(bare.acted?.resolvedAt, seen.acted?.resolvedAt)]
}

/** The provider is asked once, and for what the caller asked. */
const asksOnce: Judge = ({ seen, bare, may, situation }) => {
  const free = may.has('repeat') || may.has('answer') || (may.has('change-endings') && situation.rough)
  if (free) return undefined
  return ['A1', 'the provider is asked as often as without it', difference(bare.ledger.length, seen.ledger.length)]
}

const requestIsKept: Judge = ({ seen, bare, may }) => {
  if (may.has('change-request')) return undefined
  const wanted = bare.ledger[0]?.request
  const other = wanted && seen.ledger.find(({ request }) => difference(wanted, request))
  return [
    'P8',
    'the request passes unchanged, or the trait `rewrites` says so',
    other && difference(wanted, other.request),
  ]
}

/** Nothing stays behind when a call is over, nor after `close`. */
const leavesNoTimer: Judge = ({ seen, bare }) => {
  const left = seen.timers.length - bare.timers.length
  return [
    'E6',
    'no timer is left by a call',
    left > 0 && `${left} timers, the first due in ${seen.timers[0]?.delayMs} ms`,
  ]
}
const leavesNoListener: Judge = ({ seen, bare }) => [
  'E6',
  'no listener is left on a signal',
  seen.listeners > bare.listeners && `${seen.listeners - bare.listeners} listeners`,
]
const closes: Judge = ({ seen }) => {
  const { closing, timersAfterClose: left } = seen
  return [
    'C9',
    'close() releases everything, also when called again',
    closing ? shown(closing) : left.length > 0 && `${left.length} timers are left`,
  ]
}

/** What explains the rest: where one of these is broken in a situation, nothing more is said of it. */
const CAUSES: readonly Judge[] = [settles, asksOnce, requestIsKept, endingsAreKept]

const JUDGES: readonly Judge[] = [
  endsOnce,
  hooksAreSound,
  eventsAreKept,
  insideIsKept,
  upstreamCloses,
  readsNotAhead,
  repliesAtHeaders,
  leavesNoTimer,
  leavesNoListener,
  closes,
]

/** Judges one situation. Where the core has named a broken rule of the subject's, that is the finding. */
export function judge(of: Case, checks: Checklist): void {
  const { situation, seen, name } = of
  const violation = seen.violations.find(({ layer }) => layer === name)
  if (violation) {
    checks.add(violation.rule, `${situation.name}: the contract`, violation.message)
    return
  }
  for (const each of [...CAUSES, ...JUDGES]) {
    const verdict = each(of)
    if (verdict === undefined) continue
    checks.add(verdict[0], `${situation.name}: ${verdict[1]}`, verdict[2])
    if (verdict[2] && CAUSES.includes(each)) return
  }
}
