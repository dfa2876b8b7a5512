import type { Network } from '@cepa/testing'
import { completing, consuming, readAll } from '../stage/consumer.ts'
import { allEnd, type ByVia, type Expectation, failed, lost } from './expectation.ts'
import type { Part, Scenario, ScenarioGroup } from './scenario.ts'

const NO_CONNECTION = 'in process there is no connection to break'

const noConnection: Scenario['not'] = ({ via }) => (via === 'process' ? NO_CONNECTION : undefined)

const REFUSED: Expectation = {
  ...allEnd('rejected ProviderError server', failed('ProviderError server'), { outcome: 'failed' }),
  attempts: [lost(failed('ProviderError server'))],
}

const brokenOff = (how: string, kind: string, pieces: number): Expectation =>
  allEnd(`${how} ProviderError ${kind}`, failed(`ProviderError ${kind}`, pieces), { outcome: 'failed', pieces })

/** A fault of the network that comes when the act says so. */
interface ArmedFault {
  readonly network: Network
  arm(): void
}

/** A fault at a byte far away, which is moved to where the answer has come to. */
function armed(kind: 'resetAtByte' | 'halfCloseAtByte'): ArmedFault {
  const fault = { [kind]: Number.POSITIVE_INFINITY } as { resetAtByte: number }
  return {
    network: { fault },
    arm: () => {
      Object.assign(fault, { [kind]: 0 })
    },
  }
}

/** The client has read two pieces; then the connection breaks. */
const streamBrokenOff = (kind: 'resetAtByte' | 'halfCloseAtByte', error: string): Part => ({
  hold: ['middle'],
  answer: (world) => {
    const fault = armed(kind)
    world.notes.set('fault', fault)
    return { rest: { network: fault.network } }
  },
  act: (world) =>
    consuming(world, async (consumer) => {
      await consumer.take(2)
      ;(world.notes.get('fault') as ArmedFault).arm()
      world.gates.open('middle')
      return (await consumer.rest()).tell()
    }),
  expect: brokenOff('threw', error, 2),
})

/** The body breaks off after some bytes of its JSON. */
const wholeBrokenOff = (network: Network, error: string): Part => ({
  answer: { rest: { network } },
  act: completing,
  // the whole answer was made, and is charged, though only a part of it arrived
  expect: { ...brokenOff('rejected', error, 0), upstream: [{ outcome: 'failed', pieces: 4 }] },
})

const FEED_ENDS: ByVia<'ended' | 'failed'> = { process: 'ended', http: 'failed' }

export const PROVIDER_ERRORS: ScenarioGroup = {
  title: 'Errors of the provider and of the network',
  scenarios: [
    {
      id: 'error-before-headers',
      title: 'the provider refuses the request',
      rules: ['E2', 'R5'],
      stream: { answer: { rest: { failure: { status: 500 } } }, act: readAll, expect: REFUSED },
      whole: { answer: { rest: { failure: { status: 500 } } }, act: completing, expect: REFUSED },
    },
    {
      id: 'error-as-first-event',
      title: 'an error is the first event',
      rules: ['E2', 'R5'],
      stream: {
        answer: { steps: [{ error: { kind: 'server' } }] },
        act: readAll,
        expect: brokenOff('threw', 'server', 0),
      },
      whole: {
        answer: { steps: [{ error: { kind: 'server' } }] },
        act: completing,
        expect: brokenOff('rejected', 'server', 0),
      },
    },
    {
      id: 'error-in-the-middle',
      title: 'an error in the middle',
      rules: ['E1', 'E2'],
      stream: {
        answer: { middle: [{ error: { kind: 'server' } }] },
        act: readAll,
        expect: brokenOff('threw', 'server', 2),
      },
      whole: 'a whole answer that holds an error has no part before it; see the error as first event',
    },
    {
      id: 'socket-reset',
      title: 'the connection is reset in the middle',
      rules: ['E1', 'E2'],
      stream: streamBrokenOff('resetAtByte', 'network'),
      whole: wholeBrokenOff({ fault: { resetAtByte: 60 } }, 'network'),
      not: noConnection,
    },
    {
      id: 'half-close',
      title: 'the connection is half closed in the middle',
      rules: ['E1', 'E2'],
      stream: streamBrokenOff('halfCloseAtByte', 'network'),
      whole: wholeBrokenOff({ fault: { halfCloseAtByte: 60 } }, 'network'),
      not: noConnection,
    },
    {
      id: 'clean-end-without-finish',
      title: 'the answer ends cleanly in the middle, without its finish',
      rules: ['E1', 'E4'],
      stream: {
        answer: ({ column }) => ({ middle: [column.via === 'http' ? { truncate: true } : { drop: true }] }),
        act: readAll,
        expect: { ...brokenOff('threw', 'truncated', 2), upstream: [{ outcome: FEED_ENDS, pieces: 2 }] },
      },
      whole: {
        answer: ({ column }) =>
          column.via === 'http' ? { rest: { network: { fault: { endAtByte: 60 } } } } : { steps: [{ drop: true }] },
        act: completing,
        expect: {
          ...brokenOff('rejected', 'truncated', 0),
          upstream: [{ outcome: FEED_ENDS, pieces: { process: 0, http: 4 } }],
        },
      },
    },
  ],
}
