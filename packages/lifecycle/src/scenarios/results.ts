import type { CepaError, Completion } from '@cepa/core'
import { Consumer, consuming } from '../stage/consumer.ts'
import { errorLabel } from '../stage/labels.ts'
import { abandoned, allEnd, failed, READ_TO_END } from './expectation.ts'
import type { Part, Scenario, ScenarioGroup } from './scenario.ts'

const IT_IS = 'a whole answer is its result'

const ALL = 'ONE TWO THREE FOUR '

const streamOnly = (head: Pick<Scenario, 'id' | 'title'>, stream: Part): Scenario => ({
  ...head,
  rules: ['R3'],
  stream,
  whole: IT_IS,
})

/** How a result came out, and how the error's ending says that the call ended. */
const outcomeOf = async (result: Promise<Completion>): Promise<string> => {
  try {
    return (await result).text
  } catch (error) {
    return `${errorLabel(error)}, ${(error as CepaError).ending?.kind}`
  }
}

export const RESULTS: ScenarioGroup = {
  title: 'result()',
  scenarios: [
    streamOnly(
      { id: 'result-alone', title: 'result() and nothing else' },
      {
        act: async (world) => {
          const { text } = await (await world.call()).result()
          return { how: 'done', text }
        },
        expect: READ_TO_END,
      },
    ),
    streamOnly(
      { id: 'result-before-the-loop', title: 'result(), then the loop in the same task' },
      {
        act: async (world) => {
          const reply = await world.call()
          const result = reply.result()
          const consumer = await new Consumer(reply).rest()
          return consumer.tell({ result: await outcomeOf(result) })
        },
        expect: { ...READ_TO_END, told: { result: ALL } },
      },
    ),
    streamOnly(
      { id: 'result-then-late-loop', title: 'result(), then a loop when it is being read already' },
      {
        act: async (world) => {
          const reply = await world.call()
          const result = reply.result()
          await Promise.resolve()
          await Promise.resolve()
          let late = 'was allowed'
          try {
            reply[Symbol.asyncIterator]()
          } catch (error) {
            late = errorLabel(error)
          }
          return { how: 'done', text: await outcomeOf(result), told: { late } }
        },
        expect: { ...READ_TO_END, told: { late: 'ContractError R3 of reader' } },
      },
    ),
    streamOnly(
      { id: 'result-during-the-loop', title: 'result() during the loop' },
      {
        act: (world) =>
          consuming(world, async (consumer) => {
            await consumer.take(2)
            const result = consumer.reply.result()
            await consumer.rest()
            return consumer.tell({ result: await outcomeOf(result) })
          }),
        expect: { ...READ_TO_END, told: { result: ALL } },
      },
    ),
    streamOnly(
      { id: 'result-after-the-loop', title: 'result() after the loop' },
      {
        act: (world) =>
          consuming(world, async (consumer) => {
            await consumer.rest()
            return consumer.tell({ result: await outcomeOf(consumer.reply.result()) })
          }),
        expect: { ...READ_TO_END, told: { result: ALL } },
      },
    ),
    streamOnly(
      { id: 'result-twice', title: 'result() twice' },
      {
        act: async (world) => {
          const reply = await world.call()
          const first = reply.result()
          const second = reply.result()
          const { text } = await first
          return { how: 'done', text, told: { same: first === second && first === reply.result() } }
        },
        expect: { ...READ_TO_END, told: { same: true } },
      },
    ),
    streamOnly(
      { id: 'result-of-a-left-reply', title: 'result() of a reply that is left' },
      {
        holdOverHttp: ['middle'],
        act: (world) =>
          consuming(world, async (consumer) => {
            await consumer.take(2)
            const result = consumer.reply.result()
            await consumer.leave()
            return consumer.tell({ during: await outcomeOf(result), after: await outcomeOf(consumer.reply.result()) })
          }),
        expect: {
          ...allEnd('left', abandoned(2), { outcome: 'closed', pieces: 2 }),
          told: { during: 'EndedError, abandoned', after: 'EndedError, abandoned' },
        },
      },
    ),
    streamOnly(
      { id: 'result-of-a-failed-reply', title: 'result() of a reply that fails' },
      {
        answer: { middle: [{ error: { kind: 'server' } }] },
        act: (world) =>
          consuming(world, async (consumer) => {
            await consumer.rest()
            return consumer.tell({ after: await outcomeOf(consumer.reply.result()) })
          }),
        expect: {
          ...allEnd('threw ProviderError server', failed('ProviderError server', 2), { outcome: 'failed', pieces: 2 }),
          told: { after: 'ProviderError server, failed' },
        },
      },
    ),
  ],
}
