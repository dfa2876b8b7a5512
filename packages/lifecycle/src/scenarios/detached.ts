import { type Completion, type DetachedCall, type DetachedEnd, detachedEndNote } from '@cepa/core'
import { completing, consuming, rejected } from '../stage/consumer.ts'
import { patiently } from '../stage/patience.ts'
import { watching } from '../stage/watcher.ts'
import type { World } from '../stage/world.ts'
import { abandoned, aborted, type AttemptSpec, done, type Expectation, lost, type UpstreamSpec } from './expectation.ts'
import type { ScenarioGroup, SubjectMaker, Told } from './scenario.ts'

/** Buys an answer for later in a detached call, and lets the caller's own go on. */
const refreshing: SubjectMaker = (world) => ({
  subject: {
    name: 'subject',
    make: watching({
      handle: async (call, next) => {
        const apart = call.detach('refresh')
        const bought = next(apart).then((reply) => reply.result())
        bought.catch(() => undefined)
        world.notes.set('detached', apart)
        world.notes.set('bought', bought)
        await world.gates.reached('headers', 0)
        return next(call)
      },
    }),
    controls: true,
  },
})

const bought = (world: World): Promise<Completion> => world.notes.get('bought') as Promise<Completion>

/** Whether each layer outside of the subject, and no other, was told how the detached call ended. */
function toldOfEnd({ layers, log }: World): boolean {
  return layers.every(({ name, zone }) => {
    const told = log.passes
      .filter(({ layer, call }) => layer === name && call.detached === undefined)
      .flatMap(({ notes, call }) =>
        notes.filter(detachedEndNote.is).map(({ value }): boolean => isOf(value, call.id)),
      )
    return zone === 'outside' ? told.length === 1 && told[0] === true : told.length === 0
  })
}

const isOf = ({ reason, parentId, call }: DetachedEnd, id: string): boolean =>
  reason === 'refresh' && parentId === id && call.id !== id && call.detached === 'refresh'

/** Opens the gates for the detached call. */
const goOn = ({ gates }: World): void => {
  gates.open('first', 0)
  gates.open('middle', 0)
}

/** Waits until the detached call is over, and tells of it. */
async function afterwards(world: World, told: Told): Promise<Told> {
  const detached = await patiently(
    world.column.via,
    'the detached call',
    bought(world).then(
      ({ text }) => text.toLowerCase(),
      (error: Error) => error.name,
    ),
  )
  await world.clock.settle()
  return { ...told, told: { detached, outsideKnows: toldOfEnd(world) } }
}

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

const KEPT = { outcome: 'ended', pieces: 4 } as const
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
          told: { detached: ALL, outsideKnows: true },
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
          told: { detached: ALL, outsideKnows: true },
        },
      },
      whole: {
        hold: ['first'],
        subject: refreshing,
        act: async (world) => {
          const whole = world.complete().then(
            ({ text }): Told => ({ how: 'done', text }),
            (error: unknown) => rejected(error),
          )
          await world.gates.reached('first', 1)
          await world.upstream.carried()
          world.caller.abort()
          const told = await whole
          goOn(world)
          return afterwards(world, told)
        },
        expect: {
          ...expecting('rejected AbortError', [done(), aborted()], [KEPT, { outcome: 'closed', pieces: 0 }]),
          told: { detached: ALL, outsideKnows: true },
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
          told: { detached: 'EndedError', outsideKnows: true },
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
          told: { detached: 'EndedError', outsideKnows: true },
        },
      },
    },
  ],
}
