import type { Plan } from '../plan.ts'
import { TIMED_HOOKS, type TimedHook, type TimeSpan } from './call-times.ts'

/** The numbers of the hooks: their places in {@link TIMED_HOOKS}. */
export const HOOK = Object.fromEntries(TIMED_HOOKS.map((hook, number) => [hook, number])) as Readonly<
  Record<TimedHook, number>
>

/** Hooks that run at an event only by exception, and are timed each time that they do. */
const APART: readonly TimedHook[] = ['provide', 'start', 'firstToken', 'note', 'end']

/** Whose time it is. */
export interface Owner extends Omit<TimeSpan, 'startMs' | 'ms'> {
  /** Whether it has a share of every event. */
  readonly perEvent: boolean
}

/** The time of one owner within a call: a hook of a layer, the provider, or the consumer. */
export class Account {
  readonly owner: Owner
  ms = 0
  runs = 0
  /** What events that were timed one by one have taken of it: the measure for those that were not. */
  sampledMs = 0
  /** The same of the first event, when everything runs for the first time. */
  coldMs = 0

  constructor(owner: Owner) {
    this.owner = owner
  }
}

const owners = new WeakMap<Plan, readonly Owner[]>()

/** The owners in a plan: each hook of each layer, outermost layer first. Made once for all calls. */
function ownersOf(plan: Plan): readonly Owner[] {
  const known = owners.get(plan)
  if (known) return known
  const { name: pipeline, layers } = plan
  const made = layers.flatMap(({ name: layer }) =>
    TIMED_HOOKS.map((hook): Owner => ({ of: 'layer', pipeline, layer, hook, perEvent: !APART.includes(hook) })),
  )
  owners.set(plan, made)
  return made
}

/** The accounts of one pipeline's layers in a call, made as their hooks run. */
export class Ledger {
  readonly plan: Plan
  /** By layer and hook, outermost layer first. */
  readonly accounts: (Account | undefined)[]
  readonly #owners: readonly Owner[]

  constructor(plan: Plan) {
    this.plan = plan
    this.#owners = ownersOf(plan)
    this.accounts = new Array(this.#owners.length)
  }

  /** The account of a hook, by its number, of the layer at a position. */
  account(position: number, hook: number): Account {
    const at = position * TIMED_HOOKS.length + hook
    const known = this.accounts[at]
    if (known) return known
    const account = new Account(this.#owners[at] as Owner)
    this.accounts[at] = account
    return account
  }
}
