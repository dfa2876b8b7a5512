import { Reply, type StreamEvent } from '@cepa/core'
import type { Step } from '@cepa/testing'
import { PIECES } from '../stage/answer.ts'
import { completing, consuming, readAll } from '../stage/consumer.ts'
import { watching } from '../stage/watcher.ts'
import type { World } from '../stage/world.ts'
import { abandoned, allEnd, done, type Expectation } from './expectation.ts'
import type { Act, Scenario, ScenarioGroup, SubjectMaker } from './scenario.ts'

const NO_READER = 'a whole answer is read by the engine; its caller asks for no events'

const inProcess =
  (reason: string): NonNullable<Scenario['not']> =>
  ({ via }) =>
    via === 'http' ? reason : undefined

const READ = allEnd('done', done(), { outcome: 'ended', pieces: 4 })

/** How many promise reactions run before a step is there whose source answers at once. */
async function hopsOf(step: Promise<unknown>): Promise<number> {
  let there = false
  const arrived = step.then(() => {
    there = true
  })
  let hops = 0
  while (!there && hops < 20) {
    hops++
    await undefined
  }
  await arrived
  return hops
}

const measuringHops: Act = async (world) => {
  const reply = await world.call()
  const iterator = reply[Symbol.asyncIterator]()
  let most = 0
  let text = ''
  for (let over = false; !over; ) {
    const step = iterator.next()
    most = Math.max(most, await hopsOf(step))
    const { value, done: last } = await step
    if (value?.type === 'text') text += value.text
    over = last === true
  }
  return { how: 'done', text, told: { hops: most } }
}

/** Nothing but the pieces: a source that never waits. */
const AT_ONCE: readonly Step[] = PIECES.map((text) => ({ text }))

/** A source of somebody else's: its second step hangs, and leaving it fails. */
const hanging = (count: (what: string) => number): AsyncIterable<StreamEvent> => ({
  [Symbol.asyncIterator]: () => ({
    next: () =>
      count('asked') === 1
        ? Promise.resolve({ done: false, value: { type: 'text', text: '1', at: 0 } })
        : new Promise(() => undefined),
    return: () => {
      count('left')
      return Promise.reject(new Error('of the foreign source'))
    },
  }),
})

const foreign: SubjectMaker = ({ notes }) => {
  const count = (what: string): number => {
    const times = ((notes.get(what) as number | undefined) ?? 0) + 1
    notes.set(what, times)
    return times
  }
  return {
    subject: { name: 'subject', make: watching({ handle: async () => Reply.from(hanging(count)) }), controls: true },
  }
}

const LEFT_FOREIGN: Expectation = {
  caller: { how: 'left', text: '1' },
  layers: { inside: [], everywhere: abandoned(0, { text: '1' }) },
  attempts: [],
  upstream: [],
  told: { asked: 2, left: 1 },
}

/** Before the text comes an empty one, and thinking. */
const THINKING: readonly Step[] = [{ text: '', tokens: 0 }, { reasoning: 'hm', tokens: 0 }, ...AT_ONCE]

const firstTokens = ({ log }: World): Readonly<Record<string, unknown>> => ({
  firstTokens: [...new Set(log.passes.map(({ firstToken }) => firstToken))],
})

const eventTimes = ({ log }: World): Readonly<Record<string, unknown>> => ({
  times: [...new Set(log.passes.flatMap(({ events }) => events.map(({ at }) => at)))],
})

export const PROTOCOL: ScenarioGroup = {
  title: 'Between reader and source',
  scenarios: [
    {
      id: 'one-hop-per-event',
      title: 'an event takes one hop through all layers',
      rules: ['R1'],
      stream: { answer: { steps: AT_ONCE }, act: measuringHops, expect: { ...READ, told: { hops: 1 } } },
      whole: NO_READER,
      not: inProcess('how fast bytes come is up to the network'),
    },
    {
      id: 'first-token',
      title: 'reasoning is the first token, an empty text is not',
      rules: ['R6'],
      stream: {
        answer: { steps: THINKING },
        act: async (world) => ({ ...(await readAll(world)), told: firstTokens(world) }),
        expect: { ...READ, told: { firstTokens: ['reasoning'] } },
      },
      whole: {
        answer: { steps: THINKING },
        act: async (world) => ({ ...(await completing(world)), told: firstTokens(world) }),
        expect: { ...READ, told: { firstTokens: ['reasoning'] } },
      },
    },
    {
      id: 'events-of-a-whole-answer',
      title: 'the events of a whole answer have one time',
      rules: ['R5'],
      stream: 'the events of a stream come one by one',
      whole: {
        hold: ['first'],
        act: async (world) => {
          const told = await completing(world, async () => {
            await world.gates.reached('first')
            await world.clock.advance(20)
            world.gates.open('first')
          })
          return { ...told, told: eventTimes(world) }
        },
        expect: { ...READ, atMs: 20, told: { times: [20] } },
      },
    },
    {
      id: 'foreign-source',
      title: 'a foreign source hangs, and fails when it is left',
      rules: ['R2', 'E3'],
      stream: {
        subject: foreign,
        act: (world) =>
          consuming(world, async (consumer) => {
            await consumer.take(1)
            const waiting = consumer.next()
            await world.clock.settle()
            await consumer.reply.cancel()
            await waiting
            return consumer.tell({ asked: world.notes.get('asked'), left: world.notes.get('left') })
          }),
        expect: LEFT_FOREIGN,
      },
      whole: NO_READER,
      not: inProcess('no request reaches the provider; see in process'),
    },
  ],
}
