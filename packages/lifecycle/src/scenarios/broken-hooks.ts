import { bothModes } from './both-modes.ts'
import { type Expectation, failed, READ_TO_END } from './expectation.ts'
import type { Scenario, ScenarioGroup } from './scenario.ts'
import { hooking } from './subjects.ts'

const HOOKS = ['start', 'firstToken', 'event', 'note', 'end'] as const

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
      ...bothModes({
        subject: hooking(() => ({ provide: KINDS.throws })),
        expect: refusedBy('Error: of a broken hook'),
      }),
    },
    {
      id: 'hook-provide-promise',
      title: 'provide returns a promise',
      rules: ['P3'],
      ...bothModes({
        subject: hooking(() => ({ provide: KINDS['returns a promise'] as () => never })),
        expect: refusedBy('ContractError P3 of subject'),
      }),
    },
    ...HOOKS.flatMap((hook) =>
      Object.entries(KINDS).map(
        ([kind, broken]): Scenario => ({
          id: `hook-${hook.toLowerCase()}-${kind === 'throws' ? 'throws' : 'promise'}`,
          title: `${hook} ${kind}`,
          rules: ['P3', 'N1'],
          ...bothModes({
            subject: hooking(() => ({ [hook]: broken })),
            expect: { ...READ_TO_END, faults: [{ hook, reportedOnly: hook === 'note' }] },
          }),
        }),
      ),
    ),
  ],
}
