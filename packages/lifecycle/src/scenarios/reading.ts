import { completing, consuming, readAll } from '../stage/consumer.ts'
import { bothModes } from './both-modes.ts'
import { READ_TO_END } from './expectation.ts'
import { NO_READER } from './not-here.ts'
import type { ScenarioGroup } from './scenario.ts'

export const READING: ScenarioGroup = {
  title: 'Reading to the end',
  scenarios: [
    {
      id: 'read-to-the-end',
      title: 'read to the end',
      rules: ['P1', 'P2', 'P7', 'E1', 'E4'],
      ...bothModes({ expect: READ_TO_END }),
    },
    {
      id: 'slow-on-both-sides',
      title: 'provider and consumer take their time',
      rules: ['E1'],
      stream: {
        hold: ['middle'],
        act: (world) =>
          consuming(world, async (consumer) => {
            await consumer.take(2)
            await world.clock.advance(30)
            const third = consumer.next()
            await world.gates.reached('middle')
            await world.clock.advance(20)
            world.gates.open('middle')
            await third
            await consumer.rest()
            const { providerMs, consumerMs } = world.log.passes[0]?.endings[0] ?? {}
            return consumer.tell({ providerMs, consumerMs })
          }),
        expect: { ...READ_TO_END, atMs: 50, told: { providerMs: 20, consumerMs: 30 } },
      },
      whole: {
        hold: ['first'],
        act: async (world) => {
          const told = await completing(world, async () => {
            await world.gates.reached('first')
            await world.clock.advance(20)
            world.gates.open('first')
          })
          const { providerMs, consumerMs } = world.log.passes[0]?.endings[0] ?? {}
          return { ...told, told: { providerMs, consumerMs } }
        },
        expect: { ...READ_TO_END, atMs: 20, told: { providerMs: 20, consumerMs: 0 } },
      },
    },
    {
      id: 'silent-after-the-end',
      title: 'the provider keeps the answer open after its end',
      rules: ['E4'],
      stream: {
        answer: { afterEnd: [{ stall: true }] },
        act: readAll,
        expect: { ...READ_TO_END, upstream: [{ outcome: { process: 'ended', http: 'closed' }, pieces: 4 }] },
      },
      whole: 'a whole answer is over when its body is',
    },
    {
      id: 'overlapping-next',
      title: 'three next() at once',
      rules: ['R3'],
      stream: {
        holdOverHttp: ['first'],
        act: (world) =>
          consuming(world, async (consumer) => {
            const three = [consumer.next(), consumer.next(), consumer.next()]
            world.gates.open('first')
            const types = (await Promise.all(three)).map((event) => event?.type)
            await consumer.rest()
            return consumer.tell({ first: types[0], inOrder: consumer.text.toLowerCase() })
          }),
        expect: { ...READ_TO_END, told: { first: 'start', inOrder: 'one two three four ' } },
      },
      whole: NO_READER,
    },
    {
      id: 'iterated-twice',
      title: 'iterated twice',
      rules: ['R3'],
      stream: {
        act: (world) =>
          consuming(world, async (consumer) => {
            await consumer.take(2)
            let second = 'was allowed'
            try {
              consumer.reply[Symbol.asyncIterator]()
            } catch (error) {
              second = (error as Error).name
            }
            return (await consumer.rest()).tell({ second })
          }),
        expect: { ...READ_TO_END, told: { second: 'ContractError' } },
      },
      whole: NO_READER,
    },
  ],
}
