import type { Completion } from '@cepa/core'
import { collectGarbage } from '../stage/collect-garbage.ts'
import { Consumer, consuming } from '../stage/consumer.ts'
import { turns } from '../stage/patience.ts'
import type { World } from '../stage/world.ts'
import { abandoned, allEnd, type Expectation, READ_TO_END, unread } from './expectation.ts'
import { NO_REPLY } from './not-here.ts'
import type { Part, Scenario, ScenarioGroup, SubjectMaker } from './scenario.ts'
import { handling } from './subjects.ts'

const UNREAD_MS = 60_000

const streamOnly = (head: Pick<Scenario, 'id' | 'title' | 'rules'>, stream: Part): Scenario => ({
  ...head,
  stream,
  whole: NO_REPLY,
})

/** Collects garbage until every pass has ended, or for so many rounds: what is not collected by then is held. */
async function untilCollected(world: World, rounds = 6): Promise<void> {
  for (let round = 0; round < rounds && !world.allEnded; round++) {
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

/** Asks for the result and forgets the reply. The promise is wrapped, or it would be waited for here. */
async function keepResultOnly(world: World): Promise<{ readonly result: Promise<Completion> }> {
  const reply = await world.call()
  await turns(1)
  return { result: reply.result() }
}

const peeking: SubjectMaker = handling(async (_world, call, next) => {
  const reply = await next(call)
  await reply.peek()
  return reply
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
      { id: 'forgotten-but-drained', title: 'only the promise of result() is kept', rules: ['R7', 'R3'] },
      {
        hold: ['middle'],
        act: async (world) => {
          const kept = await keepResultOnly(world)
          await world.gates.reached('middle')
          await untilCollected(world, 1)
          world.gates.open('middle')
          const { text } = await kept.result
          return { how: 'done', text }
        },
        expect: READ_TO_END,
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
      {
        id: 'layer-peeks-then-leave',
        title: 'a layer peeks, and the caller leaves without reading',
        rules: ['E1', 'E3'],
      },
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
        expect: READ_TO_END,
      },
    ),
    streamOnly(
      { id: 'read-while-peeking', title: 'the caller reads while its own peek still waits', rules: ['R1', 'R3'] },
      {
        hold: ['first'],
        act: async (world) => {
          const reply = await world.call()
          const peeked = reply.peek()
          const consumer = new Consumer(reply)
          const first = consumer.next()
          await world.gates.reached('first')
          await world.upstream.carried()
          world.gates.open('first')
          const types = [(await peeked)?.type, (await first)?.type]
          return (await consumer.rest()).tell({ types })
        },
        expect: { ...READ_TO_END, told: { types: ['text', 'start'] } },
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
        expect: { ...READ_TO_END, atMs: 2 * UNREAD_MS },
      },
    ),
  ],
}
