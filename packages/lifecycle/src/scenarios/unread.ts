import { collectGarbage } from '../stage/collect-garbage.ts'
import { Consumer, consuming } from '../stage/consumer.ts'
import { turns } from '../stage/patience.ts'
import { watching } from '../stage/watcher.ts'
import type { World } from '../stage/world.ts'
import { abandoned, allEnd, done, type Expectation, unread } from './expectation.ts'
import type { Part, Scenario, ScenarioGroup, SubjectMaker } from './scenario.ts'

const NO_REPLY = 'the caller of a whole answer holds no reply that it could forget'

const UNREAD_MS = 60_000

const streamOnly = (head: Pick<Scenario, 'id' | 'title' | 'rules'>, stream: Part): Scenario => ({
  ...head,
  stream,
  whole: NO_REPLY,
})

/** Collects garbage until every pass has ended; gives up after a while, which the endings then show. */
async function untilCollected(world: World): Promise<void> {
  for (let round = 0; round < 40 && !world.allEnded; round++) {
    collectGarbage()
    await turns(2)
  }
}

/** Makes a call and keeps nothing of it: what is local to this function is garbage when it is over. */
async function forget(world: World, pieces: number): Promise<void> {
  const reply = await world.call()
  if (pieces === 0) return
  // not at once: the engine takes a reply that is read at once for one that will be read
  await turns(1)
  await new Consumer(reply).take(pieces)
}

const peeking: SubjectMaker = () => ({
  subject: {
    name: 'subject',
    make: watching({
      handle: async (call, next) => {
        const reply = await next(call)
        await reply.peek()
        return reply
      },
    }),
    controls: true,
  },
})

/** The provider has handed out one piece in process; over HTTP it runs ahead up to the gate in the middle. */
const PEEKED = { process: 1, http: 2 } as const

const insidePeeked = (kind: 'unread' | 'abandoned'): Pick<Expectation, 'layers' | 'attempts' | 'upstream'> => {
  const [all, inside] = kind === 'unread' ? [unread(), unread(1)] : [abandoned(), abandoned(1)]
  return {
    layers: { inside, everywhere: all },
    attempts: [inside],
    upstream: [{ outcome: 'closed', pieces: PEEKED }],
  }
}

export const UNREAD: ScenarioGroup = {
  title: 'Replies that are not read',
  scenarios: [
    streamOnly(
      { id: 'never-read-collection', title: 'never read, and collected', rules: ['E5', 'R7'] },
      {
        holdOverHttp: ['first'],
        act: async (world) => {
          await forget(world, 0)
          await untilCollected(world)
          return { how: 'never read', text: '' }
        },
        expect: allEnd('never read', unread(), { outcome: 'closed', pieces: 0 }),
      },
    ),
    streamOnly(
      { id: 'forgotten-in-the-middle', title: 'read a little, then forgotten and collected', rules: ['R7', 'E3'] },
      {
        holdOverHttp: ['middle'],
        act: async (world) => {
          await forget(world, 2)
          await untilCollected(world)
          return { how: 'forgotten', text: '' }
        },
        expect: {
          ...allEnd('forgotten', abandoned(2), { outcome: 'closed', pieces: 2 }),
          caller: { how: 'forgotten' },
        },
      },
    ),
    streamOnly(
      { id: 'never-read-in-time', title: 'never read within unreadAfterMs, and then read', rules: ['E5'] },
      {
        holdOverHttp: ['first'],
        unreadAfterMs: 5_000,
        act: (world) =>
          consuming(world, async (consumer) => {
            await world.clock.advance(5_000)
            return (await consumer.rest()).tell()
          }),
        expect: { ...allEnd('threw EndedError', unread(), { outcome: 'closed', pieces: 0 }), atMs: 5_000 },
      },
    ),
    streamOnly(
      { id: 'peeked-inside-never-read', title: 'a layer peeks, and nobody reads', rules: ['E5'] },
      {
        holdOverHttp: ['middle'],
        subject: peeking,
        act: async (world) => {
          await world.call()
          await world.clock.advance(UNREAD_MS)
          return { how: 'never read', text: '' }
        },
        expect: { caller: { how: 'never read' }, ...insidePeeked('unread'), atMs: UNREAD_MS },
      },
    ),
    streamOnly(
      { id: 'layer-peeks-then-leave', title: 'a layer peeks, and the caller leaves without reading', rules: ['E1', 'E3'] },
      {
        holdOverHttp: ['middle'],
        subject: peeking,
        act: async (world) => {
          const reply = await world.call()
          await reply.cancel()
          return { how: 'left', text: '' }
        },
        expect: { caller: { how: 'left' }, ...insidePeeked('abandoned') },
      },
    ),
    streamOnly(
      { id: 'peek-then-leave', title: 'the caller peeks, then leaves', rules: ['E3', 'R1'] },
      {
        holdOverHttp: ['middle'],
        act: async (world) => {
          const reply = await world.call()
          const event = await reply.peek()
          await reply.cancel()
          return { how: 'left', text: '', told: { peeked: event?.type } }
        },
        expect: {
          ...allEnd('left', abandoned(1), { outcome: 'closed', pieces: PEEKED }),
          caller: { how: 'left' },
          told: { peeked: 'text' },
        },
      },
    ),
    streamOnly(
      { id: 'peek-then-read', title: 'the caller peeks, then reads all', rules: ['R1'] },
      {
        act: async (world) => {
          const reply = await world.call()
          await reply.peek()
          return (await new Consumer(reply).rest()).tell()
        },
        expect: allEnd('done', done(), { outcome: 'ended', pieces: 4 }),
      },
    ),
    streamOnly(
      { id: 'reader-pauses', title: 'a reader that pauses for longer than unreadAfterMs', rules: ['E5'] },
      {
        holdOverHttp: ['middle'],
        act: (world) =>
          consuming(world, async (consumer) => {
            await consumer.take(2)
            await world.clock.advance(2 * UNREAD_MS)
            world.gates.open('middle')
            return (await consumer.rest()).tell()
          }),
        expect: { ...allEnd('done', done(), { outcome: 'ended', pieces: 4 }), atMs: 2 * UNREAD_MS },
      },
    ),
  ],
}
