import { fakeProvider } from '@cepa/testing'
import { expect, test } from 'vitest'
import {
  type AnyMiddleware,
  cache,
  configure,
  type Explanation,
  logging,
  pipeline,
  profiler,
  requestId,
  retry,
  telemetry,
  timeout,
  timing,
  tokenCount,
} from './index.ts'

type Told = Explanation['layers'][number]

/** A layer as configuration: its data, and references to what is no data. */
const partOf = ({ name, data, named }: Told, values: Readonly<Record<string, unknown>>) => {
  const given = Object.keys(named).filter((field) => field in values)
  return { use: name, ...data, ...Object.fromEntries(given.map((field) => [field, { from: field }])) }
}

const tenant = (call: { readonly attributes: Readonly<Record<string, string>> }): string =>
  call.attributes.tenant ?? '-'

test.each<[string, AnyMiddleware, Readonly<Record<string, unknown>>]>([
  ['requestId', requestId({ prefix: 'req_', size: 12, header: true }), {}],
  ['logging', logging({ level: 'warn', slowMs: 5_000, content: true }), {}],
  ['timing', timing(), {}],
  ['profiler', profiler({ slowMs: false, keepCalls: 3 }), {}],
  ['telemetry', telemetry({ level: 'errors', sample: { ratio: 0.1 }, redact: { paths: ['attributes.user'] } }), {}],
  [
    'cache',
    cache({ scope: tenant, ttlMs: 1_000, promptSecret: 'x'.repeat(32) }),
    { scope: tenant, promptSecret: 'x'.repeat(32) },
  ],
  ['tokenCount', tokenCount({ by: ['tenant'], estimate: false }), {}],
  ['retry', retry({ attempts: 5, jitter: 'none', budget: false }), {}],
  ['retry', retry(), {}],
  ['timeout', timeout({ totalMs: 9_000, idleMs: { stream: 1_000, complete: false } }), {}],
  ['timeout', timeout(), {}],
])('what explain() tells of %s as JSON makes the same layer again: %#', (_name, layer, values) => {
  const adapters = { fake: () => fakeProvider() }
  const told: Explanation = JSON.parse(
    JSON.stringify(pipeline({ adapter: fakeProvider(), layers: [layer] as unknown as [] }).explain({ json: true })),
  )
  const layers = told.layers.map((each) => partOf(each, values))
  const made = configure({ adapter: { use: 'fake' }, layers }, { adapters, values })
  expect(JSON.parse(JSON.stringify(made.explain({ json: true }).layers))).toEqual(told.layers)
})
