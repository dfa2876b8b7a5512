import { TIMED_HOOKS, type TimedHook } from '@cepa/core'

/** When in a call a hook runs. */
export type Phase = 'wayIn' | 'perEvent' | 'wayOut' | 'notes'

const PHASES: Readonly<Record<TimedHook, Phase>> = {
  provide: 'wayIn',
  start: 'wayIn',
  handle: 'wayIn',
  reply: 'perEvent',
  transform: 'perEvent',
  firstToken: 'perEvent',
  event: 'perEvent',
  note: 'notes',
  end: 'wayOut',
}

/** When a hook runs. All that a `handle` does counts as way in: before its `next()` and after. */
export const phaseOf = (hook: TimedHook): Phase => PHASES[hook]

const NUMBERS: Readonly<Record<string, number>> = Object.fromEntries(TIMED_HOOKS.map((hook, index) => [hook, index]))

/** Position of a hook in the core's list. */
export const hookNumber = (hook: TimedHook): number => NUMBERS[hook] as number
