import { type AnyFactKey, type FactKey, fact, StackError, type Traits } from '@cepa/core'
import { type LayerParts, watching } from '../stage/watcher.ts'
import type { Expectation } from './expectation.ts'
import type { Act, Scenario, ScenarioGroup, SubjectMaker } from './scenario.ts'

const NO_CALL = 'assembly comes before any call; see stream, in process'

const tenant: FactKey<string, 'tenant', 'in', true> = fact('tenant', 'in')
const score: FactKey<number, 'score', 'out', true> = fact('score', 'out')

/** Assembles the stack; tells what it was refused for. */
const assembling: Act = async (world) => {
  try {
    void world.chat
    return { how: 'assembled', text: '' }
  } catch (error) {
    if (!(error instanceof StackError)) throw error
    return { how: 'refused', text: '', told: saysOf(error.message) }
  }
}

const NAMES = ['subject', 'neighbour', 'tenant', 'score', 'order that works'] as const

/** Which of the names that matter a message has. */
const saysOf = (message: string): Readonly<Record<string, unknown>> => ({
  names: NAMES.filter((name) => message.includes(name)),
})

const refused = (...names: readonly (typeof NAMES)[number][]): Expectation => ({
  caller: { how: 'refused' },
  layers: {},
  attempts: [],
  upstream: [],
  told: { names },
})

const ASSEMBLED: Expectation = { caller: { how: 'assembled' }, layers: {}, attempts: [], upstream: [] }

/** The subject with a neighbour just inside of it. */
const pair =
  (subject: LayerParts, neighbour: LayerParts, name = 'neighbour'): SubjectMaker =>
  () => ({
    subject: { name: 'subject', make: watching(subject) },
    inside: [{ name, make: watching(neighbour) }],
  })

const gives = (...keys: readonly AnyFactKey[]): LayerParts => ({ gives: keys })
const reads = (...keys: readonly AnyFactKey[]): LayerParts => ({ reads: keys })
const traits = (...names: readonly (keyof Traits)[]): LayerParts => ({
  traits: Object.fromEntries(names.map((name) => [name, true])),
})

const row = (
  [id, title, rule]: readonly [string, string, string],
  subject: SubjectMaker,
  expect: Expectation,
): Scenario => ({
  id: `assembly-${id}`,
  title,
  rules: [rule],
  stream: { subject, act: assembling, expect },
  whole: NO_CALL,
  not: ({ via }) => (via === 'http' ? NO_CALL : undefined),
})

export const ASSEMBLY: ScenarioGroup = {
  title: 'Assembly',
  scenarios: [
    row(
      ['fact-missing', 'a required in-fact that nobody gives', 'P5'],
      pair(reads(tenant), {}),
      refused('subject', 'tenant'),
    ),
    row(
      ['fact-from-inside', 'a required in-fact that is given further in', 'P5'],
      pair(reads(tenant), gives(tenant)),
      refused('subject', 'neighbour', 'tenant', 'order that works'),
    ),
    row(
      ['fact-given', 'a required in-fact that is given further out', 'P5'],
      pair(gives(tenant), reads(tenant)),
      ASSEMBLED,
    ),
    row(['fact-optional', 'an optional in-fact that nobody gives', 'P5'], pair(reads(tenant.optional), {}), ASSEMBLED),
    row(
      ['out-fact-from-outside', 'an out-fact that is given further out', 'P5'],
      pair(gives(score), reads(score)),
      refused('subject', 'neighbour', 'score', 'order that works'),
    ),
    row(['out-fact-given', 'an out-fact that is given further in', 'P5'], pair(reads(score), gives(score)), ASSEMBLED),
    row(['name-twice', 'two layers of one name', 'P5'], pair({}, {}, 'subject'), refused('subject')),
    row(
      ['limits-outside-repeats', 'what limits stands outside what repeats', 'P8'],
      pair(traits('limits'), traits('repeats')),
      refused('subject', 'neighbour', 'order that works'),
    ),
    row(
      ['stores-inside-repeats', 'what stores stands inside what repeats', 'P8'],
      pair(traits('repeats'), traits('stores')),
      refused('subject', 'neighbour', 'order that works'),
    ),
    row(
      ['rewrites-outside-records', 'what rewrites stands outside what records', 'P8'],
      pair(traits('rewrites'), traits('records')),
      refused('subject', 'neighbour', 'order that works'),
    ),
    row(
      ['records-outside-rewrites', 'what records stands outside what rewrites', 'P8'],
      pair(traits('records'), traits('rewrites')),
      ASSEMBLED,
    ),
  ],
}
