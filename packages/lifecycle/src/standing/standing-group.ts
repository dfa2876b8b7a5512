import type { Column } from '../matrix/column.ts'
import { ASSEMBLY } from '../scenarios/assembly.ts'
import { SCENARIOS } from '../scenarios/index.ts'
import type { Part, Scenario, ScenarioGroup } from '../scenarios/scenario.ts'
import type { Guest } from './guest.ts'

/** Over HTTP a guest stands in these alone: what it sees there is what the adapter makes of the wire, as in process. */
const OVER_HTTP: ReadonlySet<string> = new Set([
  'read-to-the-end',
  'leave-after-n-events',
  'abort-before-headers',
  'abort-in-the-middle',
  'deadline-in-the-middle',
  'error-before-headers',
  'error-in-the-middle',
  'socket-reset',
  'never-read-in-time',
])

/** Collecting garbage takes its time: one position is enough. */
const COLLECTING: ReadonlySet<string> = new Set([
  'never-read-collection',
  'forgotten-in-the-middle',
  'forgotten-but-drained',
])

const isAsked = (id: string, { via, position }: Column): boolean =>
  (via === 'process' || OVER_HTTP.has(id)) && (position === 'repeating' || !COLLECTING.has(id))

function withGuest(part: Part | string, { make }: Guest): Part | string {
  return typeof part === 'string' ? part : { ...part, guest: make }
}

function standing(scenario: Scenario, { line, guest }: { readonly line: string; readonly guest: Guest }): Scenario {
  const { id, title } = scenario
  const not = (column: Column): string | undefined =>
    scenario.not?.(column) ?? guest.not?.(id.replace(/^nested-/, ''), column)
  return {
    ...scenario,
    id: `${guest.name}:${id}`,
    title: `${guest.name}: ${title}`,
    line,
    stream: withGuest(scenario.stream, guest),
    whole: withGuest(scenario.whole, guest),
    asked: (column) => isAsked(id, column),
    not,
  }
}

/** Every scenario in which something is called, with a guest in its stack, in one line for each group. */
export function standingGroup(guest: Guest): ScenarioGroup {
  return {
    title: `With ${guest.name}() in the stack (over HTTP: ${OVER_HTTP.size} of the scenarios)`,
    scenarios: SCENARIOS.filter((group) => group !== ASSEMBLY).flatMap(({ title, scenarios }) =>
      scenarios.map((scenario) => standing(scenario, { line: title, guest })),
    ),
  }
}
