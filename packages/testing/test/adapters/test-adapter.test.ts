import { expect, test } from 'vitest'
import { KitError } from '../../src/kit/report.ts'
import { checkParts, testAdapter } from '../../src/node/adapter-kit/index.ts'
import { FAULTS, type Fault } from './faults.ts'
import { ReferenceAdapter } from './reference-adapter.ts'

const withFaults = (...faults: readonly Fault[]) => ({
  make: (setting: { baseUrl: string; key: string }) => new ReferenceAdapter({ ...setting, faults: new Set(faults) }),
  // it asks by the platform's fetch
  lacks: ['wire-bytes'] as const,
})

test('accepts an adapter that keeps the contract', async () => {
  const report = await testAdapter(withFaults())
  expect(report.subject).toBe('reference')
  expect(report.checks.length).toBeGreaterThan(200)
})

test.each(Object.entries(FAULTS))('rejects an adapter with the fault: %s', async (fault, { rule, part }) => {
  const report = await checkParts(withFaults(fault as Fault), [part])
  expect(report.brokenRules, new KitError(report).message).toContain(rule)
})

test('bytes on the wire that are not told are missed, unless they are lacking', async () => {
  const { make } = withFaults()
  const report = await checkParts({ make }, ['account'])
  expect(report.brokenRules).toEqual(['W9'])
  expect(report.broken.every(({ name }) => name.endsWith('bytes on the wire'))).toBe(true)
})

test('there is a broken adapter for every rule that the kit checks', async () => {
  const { checks } = await testAdapter(withFaults())
  const checked = new Set(checks.map(({ rule }) => rule))
  const broken = new Set(Object.values(FAULTS).map(({ rule }) => rule))
  expect([...broken].toSorted()).toEqual([...checked].toSorted())
  expect(Object.keys(FAULTS)).toHaveLength(51)
})

test('the error lists every broken rule', async () => {
  const error = await testAdapter(withFaults('no finishRaw', 'ignores headers')).catch((thrown) => thrown)
  expect(error).toBeInstanceOf(KitError)
  expect(error.report.brokenRules).toEqual(['W2', 'C7'])
  expect(error.message).toMatch(
    /^reference breaks 2 of its rules \(\d+ of \d+ checks\):\n {2}W2 {2}stream: the provider/,
  )
})
