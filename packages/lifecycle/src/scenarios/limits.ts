import { completing, consuming, readAll } from '../stage/consumer.ts'
import type { GateName } from '../stage/gates.ts'
import type { World } from '../stage/world.ts'
import { bothModes } from './both-modes.ts'
import { aborted, allEnd, type Expectation, failed, lost, READ_TO_END } from './expectation.ts'
import { NO_CONSUMER } from './not-here.ts'
import type { Part, ScenarioGroup, SubjectMaker } from './scenario.ts'
import { handling } from './subjects.ts'

const DEADLINE_MS = 5_000
const IDLE_MS = 1_000

const byDeadline = (pieces: number): ReturnType<typeof aborted> =>
  aborted(pieces, { error: 'TimeoutError deadline of caller' })

const byIdle = 'TimeoutError idle of subject'

const idleSubject: SubjectMaker = handling((_world, call, next) => next(call.with({ idleMs: IDLE_MS })))

/** Lets time go by when the provider has come to a gate and the engine waits for it. */
const waitAt = async (world: World, gate: GateName, ms: number): Promise<void> => {
  await world.gates.reached(gate)
  await world.upstream.carried()
  await world.clock.advance(ms)
}

const streamWaitingAt = (gate: GateName, ms: number): Pick<Part, 'hold' | 'act'> => ({
  hold: [gate],
  act: async (world) => {
    const told = readAll(world)
    await waitAt(world, gate, ms)
    return told
  },
})

const wholeWaitingAt = (gate: GateName, ms: number): Pick<Part, 'hold' | 'act'> => ({
  hold: [gate],
  act: (world) => completing(world, () => waitAt(world, gate, ms)),
})

const deadlineAt = (expect: Expectation): Pick<Part, 'options' | 'expect'> => ({
  options: { deadlineMs: DEADLINE_MS },
  expect: { ...expect, atMs: DEADLINE_MS },
})

const BEFORE_HEADERS: Expectation = {
  ...allEnd('rejected TimeoutError deadline of caller', byDeadline(0), { outcome: 'closed' }),
  attempts: [lost(byDeadline(0))],
}

const idleAfter = (how: string, pieces: number): Expectation => ({
  caller: { how: `${how} ${byIdle}`, pieces },
  layers: { inside: aborted(pieces, { error: byIdle }), everywhere: failed(byIdle, pieces) },
  attempts: [aborted(pieces, { error: byIdle })],
  upstream: [{ outcome: 'closed', pieces }],
  atMs: IDLE_MS,
})

export const LIMITS: ScenarioGroup = {
  title: 'Limits',
  scenarios: [
    {
      id: 'deadline-before-headers',
      title: 'deadline before the headers',
      rules: ['E2', 'E6'],
      stream: { ...streamWaitingAt('headers', DEADLINE_MS), ...deadlineAt(BEFORE_HEADERS) },
      whole: { ...wholeWaitingAt('headers', DEADLINE_MS), ...deadlineAt(BEFORE_HEADERS) },
    },
    {
      id: 'deadline-in-the-middle',
      title: 'deadline in the middle',
      rules: ['E2', 'E6'],
      stream: {
        ...streamWaitingAt('middle', DEADLINE_MS),
        ...deadlineAt(allEnd('threw TimeoutError deadline of caller', byDeadline(2), { outcome: 'closed', pieces: 2 })),
      },
      whole: {
        ...wholeWaitingAt('first', DEADLINE_MS),
        ...deadlineAt(
          allEnd('rejected TimeoutError deadline of caller', byDeadline(0), { outcome: 'closed', pieces: 0 }),
        ),
      },
    },
    {
      id: 'deadline-kept',
      title: 'deadline that is kept',
      rules: ['E6'],
      ...bothModes({ options: { deadlineMs: DEADLINE_MS }, expect: READ_TO_END }),
    },
    {
      id: 'idle-limit',
      title: 'idle limit, met',
      rules: ['E7', 'E2'],
      stream: { ...streamWaitingAt('middle', IDLE_MS), subject: idleSubject, expect: idleAfter('threw', 2) },
      whole: { ...wholeWaitingAt('first', IDLE_MS), subject: idleSubject, expect: idleAfter('rejected', 0) },
    },
    {
      id: 'idle-limit-busy-consumer',
      title: 'idle limit, while the consumer is busy for longer',
      rules: ['E7'],
      stream: {
        holdOverHttp: ['middle'],
        subject: idleSubject,
        act: (world) =>
          consuming(world, async (consumer) => {
            await consumer.take(2)
            await world.clock.advance(50 * IDLE_MS)
            world.gates.open('middle')
            return (await consumer.rest()).tell()
          }),
        expect: { ...READ_TO_END, atMs: 50 * IDLE_MS },
      },
      whole: NO_CONSUMER,
    },
    {
      id: 'idle-limit-kept',
      title: 'idle limit, kept by each of two waits but not by their sum',
      rules: ['E7'],
      stream: {
        hold: ['first', 'middle'],
        subject: idleSubject,
        act: async (world) => {
          const told = readAll(world)
          for (const gate of ['first', 'middle'] as const) {
            await waitAt(world, gate, 0.8 * IDLE_MS)
            world.gates.open(gate)
          }
          return told
        },
        expect: { ...READ_TO_END, atMs: 1.6 * IDLE_MS },
      },
      whole: 'a whole answer is one wait',
    },
  ],
}
