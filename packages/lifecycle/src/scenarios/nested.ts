import { ABORTING } from './aborting.ts'
import { FACTS_AND_NOTES } from './facts-and-notes.ts'
import { LEAVING } from './leaving.ts'
import { LIMITS } from './limits.ts'
import { MISBEHAVING } from './misbehaving.ts'
import { PROVIDER_ERRORS } from './provider-errors.ts'
import { READING } from './reading.ts'
import type { Part, Scenario, ScenarioGroup } from './scenario.ts'
import { SIGNALS } from './signals.ts'
import { TRANSFORMS } from './transforms.ts'
import { UNREAD } from './unread.ts'

/** The scenarios that are run again with a pipeline within a pipeline. */
const AGAIN: ReadonlySet<string> = new Set([
  'read-to-the-end',
  'leave-after-n-events',
  'abort-before-the-call',
  'abort-before-headers',
  'abort-in-the-middle',
  'abort-by-a-layer-in-the-middle',
  'deadline-in-the-middle',
  'idle-limit',
  'error-before-headers',
  'error-in-the-middle',
  'never-read-in-time',
  'throws-after-next',
  'transform-throws',
  'facts-through-a-pipeline',
])

const nestedPart = (part: Part | string): Part | string => (typeof part === 'string' ? part : { ...part, nested: true })

const nestedScenario = (scenario: Scenario): Scenario => ({
  ...scenario,
  id: `nested-${scenario.id}`,
  title: `nested: ${scenario.title}`,
  rules: [...scenario.rules, 'A1'],
  stream: nestedPart(scenario.stream),
  whole: nestedPart(scenario.whole),
})

/** A pipeline is an adapter: what holds of a stack must hold, word for word, when it is cut in two. */
export const NESTED: ScenarioGroup = {
  title: 'Nested pipelines: what stands inside of the subject is a pipeline of its own',
  scenarios: [
    READING,
    LEAVING,
    ABORTING,
    SIGNALS,
    LIMITS,
    PROVIDER_ERRORS,
    UNREAD,
    MISBEHAVING,
    TRANSFORMS,
    FACTS_AND_NOTES,
  ]
    .flatMap(({ scenarios }) => scenarios)
    .filter(({ id }) => AGAIN.has(id))
    .map(nestedScenario),
}
