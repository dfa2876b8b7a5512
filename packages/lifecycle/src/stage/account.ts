import { type Attempt, type Call, detachedEndNote, type Ending, faultNote } from '@cepa/core'
import {
  attemptLabel,
  callerLabel,
  type EndedAs,
  endingLabel,
  errorLabel,
  upstreamLabel,
  usageLabel,
} from './labels.ts'
import type { Leftovers } from './leftovers.ts'
import type { WatchLog } from './watch-log.ts'
import type { World } from './world.ts'

/** What came of a cell, or must come of it, in lines that can be compared and read. */
export interface Account {
  /** What the caller got. */
  readonly caller: string
  /** The endings of each layer's passes, by the layer's name. */
  readonly layers: Readonly<Record<string, readonly string[]>>
  readonly attempts: readonly string[]
  /** What the provider saw of each request. */
  readonly upstream: readonly string[]
  /** Broken hooks, and who was told of them. */
  readonly faults: readonly string[]
  readonly told: Readonly<Record<string, unknown>>
  /** Rules for every pass that were broken on the way. */
  readonly broken: readonly string[]
  readonly left: Leftovers
}

const endedAs = ({ kind, completion, at, ...rest }: Ending): EndedAs => ({
  kind,
  text: completion.text,
  usage: usageLabel(completion.usage),
  ...('error' in rest && { error: errorLabel(rest.error) }),
  atMs: at,
})

function passLabel(endings: readonly Ending[]): string {
  return endings.length === 0 ? 'open' : endings.map((ending) => endingLabel(endedAs(ending))).join(', and again ')
}

function attemptLabels({ passes }: WatchLog): readonly string[] {
  const lists = new Map<readonly Attempt[], string>()
  const take = ({ attempts, detached }: Call): unknown =>
    lists.set(attempts, detached === undefined ? '' : 'detached: ')
  for (const { call } of passes) take(call)
  // a detached call may have no pass of its own, where its maker stands next to the adapter
  for (const { notes } of passes) for (const note of notes) if (detachedEndNote.is(note)) take(note.value.call)
  return [...lists].flatMap(([attempts, prefix]) =>
    attempts.map((attempt) =>
      attempt.ending ? `${prefix}${attemptLabel(endedAs(attempt.ending), attempt)}` : `${prefix}open`,
    ),
  )
}

function faultLabels({ log, reported }: World): readonly string[] {
  const heard = log.passes.flatMap(({ layer, depth, notes }) =>
    notes
      .filter(faultNote.is)
      .map(({ value }) => ({ depth, label: `${value.middleware}.${value.hook} heard by ${layer}` })),
  )
  return [
    ...reported.map(({ middleware, hook }) => `${middleware}.${hook} reported`),
    ...heard.sort((a, b) => b.depth - a.depth).map(({ label }) => label),
  ]
}

/** Sums up what was seen in a world that is over. */
export function accountOf(
  world: World,
  told: { readonly how: string; readonly text: string; readonly told?: Readonly<Record<string, unknown>> },
  left: Leftovers,
): Account {
  const { log, layers, upstream } = world
  return {
    caller: callerLabel(told.how, told.text),
    layers: Object.fromEntries(
      layers.map(({ name }) => [
        name,
        log.passes.filter(({ layer }) => layer === name).map(({ endings }) => passLabel(endings)),
      ]),
    ),
    attempts: attemptLabels(log),
    upstream: upstream.requests.map(({ outcome, charged, endedAt }) => upstreamLabel(outcome, charged, endedAt)),
    faults: faultLabels(world),
    told: told.told ?? {},
    broken: [...log.broken, ...upstream.requests.flatMap(({ broken }) => broken)],
    left,
  }
}
