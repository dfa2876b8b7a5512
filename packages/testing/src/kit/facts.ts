import type { Permission } from './middleware-options.ts'
import type { Observation } from './observe.ts'
import { type Checklist, difference } from './report.ts'

/** Rule P4: a declared fact is given: an in-fact in every call, an out-fact in one that ended well at the latest. */
export function checkFacts(observations: readonly Observation[], checks: Checklist): void {
  const gives = observations[0]?.bench.subject?.layer.gives ?? []
  for (const { name, direction } of gives) {
    const passes = observations.flatMap(({ outer, inner }) => (direction === 'in' ? inner : outer))
    const there = passes.filter(({ facts }) => facts[name] !== undefined)
    const missing = direction === 'in' ? there.length < passes.length : there.length === 0
    const what = direction === 'in' ? 'in every call' : 'in at least one call'
    checks.add(
      'P4',
      `the fact ${name} is given ${what}`,
      missing && `${there.length} of ${passes.length} passes had it`,
    )
  }
}

/** Rule K1: what changes answers has an identity, so that a cache outside it does not mix them up. */
export function checkIdentity(
  observations: readonly (readonly [seen: Observation, bare: Observation])[],
  may: ReadonlySet<Permission>,
  checks: Checklist,
): void {
  if (!may.has('change-events') && !may.has('change-request')) return
  const spec = observations[0]?.[0].bench.subject?.layer['~spec']
  const identity = spec?.identity ?? (spec?.handle ? spec.name : '')
  const changed = observations.some(([seen, bare]) =>
    difference(
      bare.outer.map(({ endings }) => endings[0]?.completion.text),
      seen.outer.map(({ endings }) => endings[0]?.completion.text),
    ),
  )
  checks.add(
    'K1',
    'a layer that changes answers has an identity',
    changed && identity === '' && 'its identity is empty',
  )
}
