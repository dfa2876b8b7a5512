import type { Reply, StreamEvent } from '@cepa/core'
import { consuming } from '../stage/consumer.ts'
import { errorLabel } from '../stage/labels.ts'
import type { World } from '../stage/world.ts'
import { abandoned, allEnd, done, type Expectation } from './expectation.ts'
import { NO_REPLY } from './not-here.ts'
import type { Part, Scenario, ScenarioGroup, Told } from './scenario.ts'

const leftAfter = (pieces: number, how = 'left'): Expectation =>
  allEnd(how, abandoned(pieces), { outcome: 'closed', pieces })

const streamOnly = (head: Pick<Scenario, 'id' | 'title' | 'rules'>, stream: Part): Scenario => ({
  ...head,
  stream,
  whole: NO_REPLY,
})

type Stop = (event: StreamEvent, text: string) => 'break' | 'throw' | undefined

/** Reads in a loop of the language until `stop`, which leaves it in one of the language's ways. */
async function looping(reply: Reply, stop: Stop): Promise<Told> {
  let text = ''
  try {
    for await (const event of reply) {
      if (event.type === 'text') text += event.text
      const how = stop(event, text)
      if (how === 'throw') throw new Error('of the consumer')
      if (how === 'break') break
    }
  } catch (error) {
    return { how: `threw ${errorLabel(error)}`, text }
  }
  return { how: 'left', text }
}

const afterTwoPieces =
  (how: 'break' | 'throw'): Stop =>
  (_event, text) =>
    text.toLowerCase() === 'one two ' ? how : undefined

const reasonOf = (world: World): unknown => {
  const ending = world.log.passes[0]?.endings[0]
  return ending?.kind === 'abandoned' ? ending.reason : undefined
}

export const LEAVING: ScenarioGroup = {
  title: 'Leaving early',
  scenarios: [
    streamOnly(
      { id: 'leave-after-first-event', title: 'break after the first event', rules: ['E3', 'R1'] },
      {
        holdOverHttp: ['first'],
        act: async (world) => looping(await world.call(), () => 'break'),
        expect: leftAfter(0),
      },
    ),
    streamOnly(
      { id: 'leave-after-n-events', title: 'break after two pieces', rules: ['E1', 'E3', 'R1'] },
      {
        holdOverHttp: ['middle'],
        act: async (world) => looping(await world.call(), afterTwoPieces('break')),
        expect: leftAfter(2),
      },
    ),
    streamOnly(
      { id: 'leave-at-the-end', title: 'break on the end event', rules: ['E4'] },
      {
        act: async (world) => looping(await world.call(), ({ type }) => (type === 'end' ? 'break' : undefined)),
        expect: allEnd('left', done(), { outcome: 'ended', pieces: 4 }),
      },
    ),
    streamOnly(
      { id: 'throw-inside-the-loop', title: 'throw inside the loop', rules: ['E3'] },
      {
        holdOverHttp: ['middle'],
        act: async (world) => looping(await world.call(), afterTwoPieces('throw')),
        expect: leftAfter(2, 'threw Error: of the consumer'),
      },
    ),
    streamOnly(
      { id: 'cancel-before-reading', title: 'cancel() before the first event', rules: ['E3'] },
      {
        holdOverHttp: ['first'],
        act: async (world) => {
          const reply = await world.call()
          await reply.cancel()
          return { how: 'left', text: '' }
        },
        expect: leftAfter(0),
      },
    ),
    streamOnly(
      { id: 'cancel', title: 'cancel() with a reason, twice', rules: ['E3', 'E1'] },
      {
        holdOverHttp: ['middle'],
        act: (world) =>
          consuming(world, async (consumer) => {
            await consumer.take(2)
            await consumer.reply.cancel('enough')
            await consumer.reply.cancel('more than enough')
            await consumer.rest()
            return consumer.tell({ reason: reasonOf(world) })
          }),
        expect: { ...leftAfter(2), told: { reason: 'enough' } },
      },
    ),
    streamOnly(
      { id: 'cancel-while-waiting', title: 'cancel() while next() waits', rules: ['E3', 'R2'] },
      {
        hold: ['middle'],
        act: (world) =>
          consuming(world, async (consumer) => {
            await consumer.take(2)
            const waiting = consumer.next()
            await world.gates.reached('middle')
            await consumer.reply.cancel()
            await waiting
            return consumer.tell()
          }),
        expect: leftAfter(2),
      },
    ),
    streamOnly(
      { id: 'dispose', title: 'await using leaves its block', rules: ['E3'] },
      {
        holdOverHttp: ['middle'],
        act: async (world) => {
          await using reply = await world.call()
          const iterator = reply[Symbol.asyncIterator]()
          let text = ''
          while (text.toLowerCase() !== 'one two ') {
            const { value } = await iterator.next()
            if (value?.type === 'text') text += value.text
          }
          return { how: 'left', text }
        },
        expect: leftAfter(2),
      },
    ),
  ],
}
