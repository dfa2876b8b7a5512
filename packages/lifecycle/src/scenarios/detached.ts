import type { DetachedCall } from '@cepa/core'
import { completing, consuming } from '../stage/consumer.ts'
import { type AttemptSpec, abandoned, aborted, done, type Expectation, lost, type UpstreamSpec } from './expectation.ts'
import { afterwards, goOn, refreshing } from './refreshing.ts'
import type { ScenarioGroup } from './scenario.ts'

/** The request of the detached call comes first, then the caller's. */
const expecting = (
  how: string,
  [apart, own]: readonly [AttemptSpec, AttemptSpec],
  upstream: readonly UpstreamSpec[],
): Expectation => ({
  caller: { how, pieces: own.pieces ?? 0 },
  layers: { inside: [apart, own], everywhere: own },
  attempts: [own, { ...lost(apart), detached: true }],
  upstream,
})

const DEADLINE_MS = 5_000
const LATE = 'TimeoutError deadline of caller'

const KEPT = { outcome: 'ended', pieces: 4 } as const
/** The layers outside know of its end, and its facts are its own. */
const KNOWN = { outsideKnows: true, fact: 'nothing' } as const
const ALL = 'one two three four '

export const DETACHED: ScenarioGroup = {
  title: 'Detached calls',
  scenarios: [
    {
      id: 'detached-outlives-leaving',
      title: 'the caller leaves; the detached call goes on',
      rules: ['D1', 'A1'],
      stream: {
        hold: ['middle'],
        subject: refreshing,
        act: (world) =>
          consuming(world, async (consumer) => {
            await consumer.take(2)
            await consumer.leave()
            goOn(world)
            return afterwards(world, consumer.tell())
          }),
        expect: {
          ...expecting('left', [done(), abandoned(2)], [KEPT, { outcome: 'closed', pieces: 2 }]),
          told: { ...KNOWN, detached: ALL },
        },
      },
      whole: 'the caller of a whole answer cannot leave it; see the abort',
    },
    {
      id: 'detached-outlives-abort',
      title: 'the caller aborts; the detached call goes on',
      rules: ['D1', 'E6'],
      stream: {
        hold: ['middle'],
        subject: refreshing,
        act: (world) =>
          consuming(world, async (consumer) => {
            await consumer.take(2)
            world.caller.abort()
            await consumer.next()
            goOn(world)
            return afterwards(world, consumer.tell())
          }),
        expect: {
          ...expecting('threw AbortError', [done(), aborted(2)], [KEPT, { outcome: 'closed', pieces: 2 }]),
          told: { ...KNOWN, detached: ALL },
        },
      },
      whole: {
        hold: ['first'],
        subject: refreshing,
        act: async (world) => {
          const told = await completing(world, async () => {
            await world.gates.reached('first', 1)
            await world.upstream.carried()
            world.caller.abort()
          })
          goOn(world)
          return afterwards(world, told)
        },
        expect: {
          ...expecting('rejected AbortError', [done(), aborted()], [KEPT, { outcome: 'closed', pieces: 0 }]),
          told: { ...KNOWN, detached: ALL },
        },
      },
    },
    {
      id: 'detached-outlives-deadline',
      title: 'the caller’s deadline passes; the detached call goes on',
      rules: ['D1', 'E2'],
      stream: {
        hold: ['middle'],
        subject: refreshing,
        options: { deadlineMs: DEADLINE_MS },
        act: (world) =>
          consuming(world, async (consumer) => {
            await consumer.take(2)
            await world.clock.advance(DEADLINE_MS)
            await consumer.next()
            goOn(world)
            return afterwards(world, consumer.tell())
          }),
        expect: {
          ...expecting(
            `threw ${LATE}`,
            [done(), aborted(2, { error: LATE })],
            [KEPT, { outcome: 'closed', pieces: 2 }],
          ),
          told: { ...KNOWN, detached: ALL },
          atMs: DEADLINE_MS,
        },
      },
      whole: {
        hold: ['first'],
        subject: refreshing,
        options: { deadlineMs: DEADLINE_MS },
        act: async (world) => {
          const told = await completing(world, async () => {
            await world.gates.reached('first', 1)
            await world.upstream.carried()
            await world.clock.advance(DEADLINE_MS)
          })
          goOn(world)
          return afterwards(world, told)
        },
        expect: {
          ...expecting(
            `rejected ${LATE}`,
            [done(), aborted(0, { error: LATE })],
            [KEPT, { outcome: 'closed', pieces: 0 }],
          ),
          told: { ...KNOWN, detached: ALL },
          atMs: DEADLINE_MS,
        },
      },
    },
    {
      id: 'detached-is-cancelled',
      title: 'its maker cancels the detached call; the caller reads on',
      rules: ['D1', 'E3'],
      stream: {
        hold: ['middle'],
        subject: refreshing,
        act: (world) =>
          consuming(world, async (consumer) => {
            await consumer.take(2)
            await world.gates.reached('middle', 0)
            await world.upstream.carried()
            ;(world.notes.get('detached') as DetachedCall).cancel('not needed')
            world.gates.open('middle', 1)
            await consumer.rest()
            return afterwards(world, consumer.tell())
          }),
        expect: {
          ...expecting('done', [abandoned(2), done()], [{ outcome: 'closed', pieces: 2 }, KEPT]),
          told: { ...KNOWN, detached: 'EndedError' },
        },
      },
      whole: {
        hold: ['first'],
        subject: refreshing,
        act: async (world) => {
          const told = await completing(world, async () => {
            await world.gates.reached('first', 1)
            await world.upstream.carried()
            ;(world.notes.get('detached') as DetachedCall).cancel('not needed')
            world.gates.open('first', 1)
          })
          return afterwards(world, told)
        },
        expect: {
          ...expecting('done', [abandoned(), done()], [{ outcome: 'closed', pieces: 0 }, KEPT]),
          told: { ...KNOWN, detached: 'EndedError' },
        },
      },
    },
  ],
}
