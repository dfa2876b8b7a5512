import type { Traits } from '@cepa/core'
import { checkConcurrency } from './concurrency.ts'
import { deepFreeze } from './deep-freeze.ts'
import { checkFacts, checkIdentity } from './facts.ts'
import { judge } from './judge.ts'
import { type MiddlewareKitOptions, permissionsOf } from './middleware-options.ts'
import { type Observation, observe } from './observe.ts'
import { Checklist, KitError, type KitReport } from './report.ts'
import { KIT_REQUEST, SITUATIONS, type Situation } from './situations.ts'
import { checkStatic } from './static.ts'

/**
 * Runs a middleware through every way for a call to go and reports each check. {@link testMiddleware} is the same with an error
 * at the end.
 */
export async function checkMiddleware(options: MiddlewareKitOptions): Promise<KitReport> {
  const checks = new Checklist()
  const { name, traits } = options.make(() => undefined)
  const may = permissionsOf(options, traits)
  await checkStatic(options, checks)
  const request = deepFreeze(structuredClone(options.request ?? KIT_REQUEST))
  const pairs: (readonly [Observation, Observation])[] = []
  for (const situation of SITUATIONS.filter((each) => canStand(each, traits))) {
    const bare = await observe(options, situation, { request, withSubject: false })
    const seen = await observe(options, situation, { request, withSubject: true })
    judge({ situation, name, may, seen, bare }, checks)
    pairs.push([seen, bare])
  }
  checkFacts(
    pairs.map(([seen]) => seen),
    checks,
  )
  checkIdentity(pairs, may, checks)
  await checkConcurrency(options, may, checks)
  return checks.report(name)
}

/** What stores, or accounts, may not stand inside what repeats (rule P8). */
const canStand = ({ around }: Situation, { stores, accounts }: Traits): boolean => !(around && (stores || accounts))

/**
 * Holds a middleware to the contract: some forty ways for a call to go, each with it and without it, on a virtual clock. Works in
 * every test runner.
 *
 * @throws {KitError} with every broken rule and what was seen.
 *
 * @example
 * test('keeps the contract', () => testMiddleware({ make: () => timing() }))
 */
export async function testMiddleware(options: MiddlewareKitOptions): Promise<KitReport> {
  const report = await checkMiddleware(options)
  if (report.broken.length > 0) throw new KitError(report)
  return report
}
