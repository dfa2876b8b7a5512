import { Reply, type StreamEvent } from '@cepa/core'
import type { Step } from '@cepa/testing'
import { PIECES } from '../stage/answer.ts'
import { completing, consuming, readAll } from '../stage/consumer.ts'
import { watching } from '../stage/watcher.ts'
import type { World } from '../stage/world.ts'
import { bothTelling, telling } from './both-modes.ts'
import { abandoned, type Expectation, failed, READ_TO_END } from './expectation.ts'
import { inProcessOnly, NO_READER, noRequest } from './not-here.ts'
import type { Act, ScenarioGroup, SubjectMaker } from './scenario.ts'

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

type ForeignStep = Promise<IteratorResult<StreamEvent>>

/** A source of somebody else's, of one event: then comes what `second` says, and leaving it fails. */
const foreignSource = (second: () => ForeignStep, count: (what: string) => number): AsyncIterable<StreamEvent> => ({
  [Symbol.asyncIterator]: () => ({
    next: () =>
      count('asked') === 1 ? Promise.resolve({ done: false, value: { type: 'text', text: '1', at: 0 } }) : second(),
    return: () => {
      count('left')
      return Promise.reject(new Error('of the foreign source'))
    },
  }),
})

const foreign =
  (second: () => ForeignStep): SubjectMaker =>
  ({ notes }) => {
    const count = (what: string): number => {
      const times = ((notes.get(what) as number | undefined) ?? 0) + 1
      notes.set(what, times)
      return times
    }
    const handle = async (): Promise<Reply> => Reply.from(foreignSource(second, count))
    return { subject: { name: 'subject', make: watching({ handle }), controls: true } }
  }

const counts = ({ notes }: World): Readonly<Record<string, unknown>> => ({
  asked: notes.get('asked'),
  left: notes.get('left') ?? 0,
})

const FOREIGN_ERROR = 'Error: of the foreign source'

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
      stream: {
        sourceAtOnce: true,
        answer: { steps: AT_ONCE },
        act: measuringHops,
        expect: { ...READ_TO_END, told: { hops: 1 } },
      },
      whole: NO_READER,
      not: inProcessOnly('how fast bytes come is up to the network'),
    },
    {
      id: 'first-token',
      title: 'reasoning is the first token, an empty text is not',
      rules: ['R6'],
      ...bothTelling(
        { answer: { steps: THINKING }, expect: { ...READ_TO_END, told: { firstTokens: ['reasoning'] } } },
        firstTokens,
      ),
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
        expect: { ...READ_TO_END, atMs: 20, told: { times: [20] } },
      },
    },
    {
      id: 'foreign-source',
      title: 'a foreign source hangs, and fails when it is left',
      rules: ['R2', 'E3'],
      stream: {
        subject: foreign(() => new Promise(() => undefined)),
        act: (world) =>
          consuming(world, async (consumer) => {
            await consumer.take(1)
            const waiting = consumer.next()
            await world.clock.settle()
            await consumer.reply.cancel()
            await waiting
            return consumer.tell(counts(world))
          }),
        expect: LEFT_FOREIGN,
      },
      whole: NO_READER,
      not: noRequest,
    },
    {
      id: 'foreign-source-fails',
      title: 'a foreign source fails in the middle',
      rules: ['R2', 'E2'],
      stream: {
        subject: foreign(() => Promise.reject(new Error('of the foreign source'))),
        act: telling(readAll, counts),
        expect: {
          ...LEFT_FOREIGN,
          caller: { how: `threw ${FOREIGN_ERROR}`, text: '1' },
          layers: { inside: [], everywhere: failed(FOREIGN_ERROR, 0, { text: '1' }) },
        },
      },
      whole: NO_READER,
      not: noRequest,
    },
  ],
}
