import { completing, consuming, readAll } from '../stage/consumer.ts'
import type { World } from '../stage/world.ts'
import { aborted, allEnd, type Expectation, lost, READ_TO_END } from './expectation.ts'
import { NO_CONSUMER } from './not-here.ts'
import type { Part, ScenarioGroup, Told } from './scenario.ts'

const REFUSED = 'rejected AbortError'

/** Aborts when the provider has come to a gate, while the engine waits for it. */
const abortAt =
  (gate: 'headers' | 'first' | 'middle'): ((world: World) => Promise<void>) =>
  async (world) => {
    await world.gates.reached(gate)
    await world.upstream.carried()
    world.caller.abort()
  }

const streamAbortedAt = (gate: 'headers' | 'first' | 'middle', expect: Expectation): Part => ({
  hold: [gate],
  act: async (world) => {
    const told = readAll(world)
    await abortAt(gate)(world)
    return told
  },
  expect,
})

const wholeAbortedAt = (gate: 'headers' | 'first', expect: Expectation): Part => ({
  hold: [gate],
  act: (world) => completing(world, () => abortAt(gate)(world)),
  expect,
})

const BEFORE_HEADERS: Expectation = {
  ...allEnd(REFUSED, aborted(), { outcome: 'closed' }),
  attempts: [lost(aborted())],
}

const BEFORE_THE_CALL: Expectation = {
  caller: { how: REFUSED },
  layers: { firstStretch: aborted() },
  attempts: [],
  upstream: [],
}

const HALF_A_BODY = { rest: { network: { fault: { stallAtByte: 60 } } } } as const

const thenRefused = async (call: Promise<unknown>): Promise<Told> => {
  try {
    await call
    return { how: 'done', text: '' }
  } catch (error) {
    return { how: `rejected ${(error as Error).name}`, text: '' }
  }
}

export const ABORTING: ScenarioGroup = {
  title: 'Aborting by a signal',
  scenarios: [
    {
      id: 'abort-before-the-call',
      title: 'the signal has fired before the call',
      rules: ['E6', 'P1'],
      stream: {
        act: (world) => {
          world.caller.abort()
          return thenRefused(world.call())
        },
        expect: BEFORE_THE_CALL,
      },
      whole: {
        act: (world) => {
          world.caller.abort()
          return completing(world)
        },
        expect: BEFORE_THE_CALL,
      },
    },
    {
      id: 'abort-before-headers',
      title: 'abort before the headers',
      rules: ['E6', 'E2', 'R5'],
      stream: streamAbortedAt('headers', BEFORE_HEADERS),
      whole: wholeAbortedAt('headers', BEFORE_HEADERS),
    },
    {
      id: 'abort-before-first-token',
      title: 'abort between headers and first token',
      rules: ['E6', 'R5'],
      stream: streamAbortedAt('first', allEnd('threw AbortError', aborted(), { outcome: 'closed', pieces: 0 })),
      whole: wholeAbortedAt('first', allEnd(REFUSED, aborted(), { outcome: 'closed', pieces: 0 })),
    },
    {
      id: 'abort-in-the-middle',
      title: 'abort in the middle',
      rules: ['E6', 'E1', 'E2'],
      stream: streamAbortedAt('middle', allEnd('threw AbortError', aborted(2), { outcome: 'closed', pieces: 2 })),
      whole: {
        answer: HALF_A_BODY,
        act: (world) =>
          completing(world, async () => {
            await world.gates.reached('end')
            await world.upstream.carried()
            world.caller.abort()
          }),
        expect: allEnd(REFUSED, aborted(), { outcome: 'closed', pieces: 4 }),
      },
      not: ({ mode, via }) =>
        mode === 'whole' && via === 'process'
          ? 'in process a whole answer comes at one moment, it has no middle'
          : undefined,
    },
    {
      id: 'abort-while-consumer-busy',
      title: 'abort while the consumer is busy',
      rules: ['E6'],
      stream: {
        holdOverHttp: ['middle'],
        act: (world) =>
          consuming(world, async (consumer) => {
            await consumer.take(2)
            world.caller.abort()
            const atOnce = world.allEnded
            await consumer.next()
            return consumer.tell({ atOnce })
          }),
        expect: {
          ...allEnd('threw AbortError', aborted(2), { outcome: 'closed', pieces: 2 }),
          told: { atOnce: true },
        },
      },
      whole: NO_CONSUMER,
    },
    {
      id: 'abort-after-the-end',
      title: 'abort after the end',
      rules: ['E4'],
      stream: {
        act: async (world) => {
          const told = await readAll(world)
          world.caller.abort()
          return told
        },
        expect: READ_TO_END,
      },
      whole: {
        act: async (world) => {
          const told = await completing(world)
          world.caller.abort()
          return told
        },
        expect: READ_TO_END,
      },
    },
  ],
}
