import type { AnswerChange } from '../stage/answer.ts'
import { completing, readAll } from '../stage/consumer.ts'
import { watching } from '../stage/watcher.ts'
import type { World } from '../stage/world.ts'
import { bothModes, bothTelling } from './both-modes.ts'
import { aborted, allEnd, done, type Expectation, failed, lost } from './expectation.ts'
import { factsOfTries, retry, retryWithFacts, SEEN_FACTS } from './retrying.ts'
import type { ScenarioGroup, SubjectMaker } from './scenario.ts'

const SERVER = 'ProviderError server'

/** The first try ends like this, the second answers. */
const secondTry = (first: ReturnType<typeof failed>, upstream: Expectation['upstream'][number]): Expectation => ({
  caller: { how: 'done', pieces: 4 },
  layers: { inside: [first, done()], everywhere: done() },
  attempts: [lost(first), done()],
  upstream: [upstream, { outcome: 'ended', pieces: 4 }],
})

const onlyFirst =
  (change: AnswerChange) =>
  (_world: World, index: number): AnswerChange =>
    index === 0 ? change : {}

const IDLE = 'TimeoutError idle of limit'
const IDLE_MS = 1_000

/** The limit stands inside the retry: it ends a try as failed, which may then be made again. */
const retryAroundLimit: SubjectMaker = () => ({
  ...retry(),
  inside: [
    {
      name: 'limit',
      make: watching({ handle: (call, next) => next(call.with({ idleMs: IDLE_MS })) }),
      controls: true,
    },
  ],
})

const TIMED_OUT: Expectation = {
  caller: { how: 'done', pieces: 4 },
  layers: {
    named: { limit: [failed(IDLE), done()] },
    inside: [aborted(0, { error: IDLE }), done()],
    everywhere: done(),
  },
  attempts: [lost(aborted(0, { error: IDLE })), done()],
  upstream: [
    { outcome: 'closed', pieces: 0 },
    { outcome: 'ended', pieces: 4 },
  ],
  atMs: IDLE_MS,
}

const firstWaits = async (world: World): Promise<void> => {
  await world.gates.reached('first', 0)
  await world.upstream.carried()
  await world.clock.advance(IDLE_MS)
}

export const REPEATING: ScenarioGroup = {
  title: 'A layer that repeats, with layers inside and outside',
  scenarios: [
    {
      id: 'retry-refused',
      title: 'the first try is refused, the second answers',
      rules: ['P1', 'P6', 'A1', 'E3'],
      ...bothModes({
        subject: () => retry(),
        answer: onlyFirst({ rest: { failure: { status: 500 } } }),
        expect: secondTry(failed(SERVER), { outcome: 'failed' }),
      }),
    },
    {
      id: 'retry-first-event',
      title: 'the first try fails with its first event, the second answers',
      rules: ['A1', 'R5', 'E3'],
      ...bothModes({
        subject: () => retry(),
        answer: onlyFirst({ steps: [{ error: { kind: 'server' } }] }),
        expect: secondTry(failed(SERVER), { outcome: 'failed', pieces: 0 }),
      }),
    },
    {
      id: 'retry-after-limit',
      title: 'the first try meets a limit that stands inside, the second answers',
      rules: ['E2', 'E7', 'A1'],
      stream: {
        hold: ['first#0'],
        subject: retryAroundLimit,
        act: async (world) => {
          const told = readAll(world)
          await firstWaits(world)
          return told
        },
        expect: TIMED_OUT,
      },
      whole: {
        hold: ['first#0'],
        subject: retryAroundLimit,
        act: (world) => completing(world, () => firstWaits(world)),
        expect: TIMED_OUT,
      },
    },
    {
      id: 'retry-used-up',
      title: 'all tries are refused',
      rules: ['A1', 'E2'],
      ...bothModes({
        subject: () => retry(),
        answer: { rest: { failure: { status: 500 } } },
        expect: {
          caller: { how: `rejected ${SERVER}` },
          layers: { inside: [failed(SERVER), failed(SERVER)], everywhere: failed(SERVER) },
          attempts: [lost(failed(SERVER)), lost(failed(SERVER))],
          upstream: [{ outcome: 'failed' }, { outcome: 'failed' }],
        },
      }),
    },
    {
      id: 'retry-not-after-content',
      title: 'content has passed before the error: no second try',
      rules: ['R5', 'E1'],
      stream: {
        subject: () => retry(),
        answer: { middle: [{ error: { kind: 'server' } }] },
        act: readAll,
        expect: allEnd(`threw ${SERVER}`, failed(SERVER, 2), { outcome: 'failed', pieces: 2 }),
      },
      whole: 'a whole answer that holds an error has no content before it',
    },
    {
      id: 'retry-facts',
      title: 'facts of a try that lost stay inside, in-facts reach every try',
      rules: ['P4', 'P6'],
      ...bothTelling(
        {
          subject: retryWithFacts,
          answer: onlyFirst({ rest: { failure: { status: 500 } } }),
          expect: { ...secondTry(failed(SERVER), { outcome: 'failed' }), told: SEEN_FACTS },
        },
        factsOfTries,
      ),
    },
  ],
}
