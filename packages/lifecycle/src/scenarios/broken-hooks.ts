import { completing, readAll } from '../stage/consumer.ts'
import { type Hooks, watching } from '../stage/watcher.ts'
import { allEnd, done, type Expectation, failed } from './expectation.ts'
import type { Part, Scenario, ScenarioGroup, SubjectMaker } from './scenario.ts'

const HOOKS = ['start', 'firstToken', 'event', 'note', 'end'] as const

const READ = allEnd('done', done(), { outcome: 'ended', pieces: 4 })

/** A subject that only watches, and breaks a hook. */
const breaking =
  (hooks: Hooks): SubjectMaker =>
  () => ({ subject: { name: 'subject', make: watching({ hooks }) } })

const both = (part: Omit<Part, 'act'>): Pick<Scenario, 'stream' | 'whole'> => ({
  stream: { ...part, act: readAll },
  whole: { ...part, act: completing },
})

const KINDS = {
  throws: () => {
    throw new Error('of a broken hook')
  },
  'returns a promise': () => Promise.reject(new Error('of a broken hook')),
} as const

/** `provide` is the hook that may fail the call, by what it throws; one that is not synchronous cannot have given its facts. */
const refusedBy = (error: string): Expectation => ({
  caller: { how: `rejected ${error}` },
  layers: { outside: failed(error), subject: [], inside: [] },
  attempts: [],
  upstream: [],
})

export const BROKEN_HOOKS: ScenarioGroup = {
  title: 'Broken hooks',
  scenarios: [
    {
      id: 'hook-provide-throws',
      title: 'provide throws',
      rules: ['P3', 'P1'],
      ...both({ subject: breaking({ provide: KINDS.throws }), expect: refusedBy('Error: of a broken hook') }),
    },
    {
      id: 'hook-provide-promise',
      title: 'provide returns a promise',
      rules: ['P3'],
      ...both({
        subject: breaking({ provide: KINDS['returns a promise'] as () => never }),
        expect: refusedBy('ContractError P3 of subject'),
      }),
    },
    ...HOOKS.flatMap((hook) =>
      Object.entries(KINDS).map(
        ([kind, broken]): Scenario => ({
          id: `hook-${hook.toLowerCase()}-${kind === 'throws' ? 'throws' : 'promise'}`,
          title: `${hook} ${kind}`,
          rules: ['P3', 'N1'],
          ...both({
            subject: breaking({ [hook]: broken }),
            expect: { ...READ, faults: [{ hook, reportedOnly: hook === 'note' }] },
          }),
        }),
      ),
    ),
  ],
}
