import type { Call, Handler, Reply, StreamEvent } from '@cepa/core'
import { completing, readAll } from '../stage/consumer.ts'
import { watching } from '../stage/watcher.ts'
import { abandoned, allEnd, done, type Expectation, failed } from './expectation.ts'
import type { Scenario, ScenarioGroup, SubjectMaker } from './scenario.ts'

type Change = (event: StreamEvent) => StreamEvent | readonly StreamEvent[] | undefined

/** A subject whose transform is made anew for every call. */
const transforming =
  (change: () => Change): SubjectMaker =>
  () => {
    const handle = async (call: Call, next: Handler): Promise<Reply> => (await next(call)).transform(change())
    return { subject: { name: 'subject', make: watching({ handle }), controls: true } }
  }

const ENDED = { outcome: 'ended', pieces: 4 } as const

/** Throws at the text event of this number. */
const throwingAt = (number: number): SubjectMaker =>
  transforming(() => {
    let texts = 0
    return (event) => {
      if (event.type === 'text' && ++texts === number) throw new Error('of the transform')
      return event
    }
  })

const halves = (event: StreamEvent & { type: 'text' }): readonly StreamEvent[] => {
  const middle = Math.floor(event.text.length / 2)
  return [
    { ...event, text: event.text.slice(0, middle) },
    { ...event, text: event.text.slice(middle) },
  ]
}

const expanding = transforming(() => (event) => {
  if (event.type === 'text') return halves(event)
  return event.type === 'end' ? [{ type: 'text', text: '5 ', at: event.at }, event] : event
})

const FIVE = 'one two three four 5 '

const changed = (text: string): Expectation => ({
  caller: { how: 'done', text },
  layers: { inside: done(), everywhere: done({ text }) },
  attempts: [done()],
  upstream: [ENDED],
})

const both = (subject: SubjectMaker, expect: Expectation): Pick<Scenario, 'stream' | 'whole'> => ({
  stream: { subject, act: readAll, expect },
  whole: { subject, act: completing, expect },
})

const R4 = 'ContractError R4 of subject'

/** Inside the end has passed; outside it never came. This wire tells the usage in an event of its own, before the end. */
const brokenAtEnd = (how: string): Expectation => ({
  caller: { how: `${how} ${R4}`, pieces: 4 },
  layers: { inside: done(), everywhere: failed(R4, 4, { usage: { process: 'running', http: 'final' } }) },
  attempts: [done()],
  upstream: [ENDED],
})

const breakingAtEnd = (change: Change): Pick<Scenario, 'stream' | 'whole'> => {
  const subject = transforming(() => change)
  return {
    stream: { subject, act: readAll, expect: brokenAtEnd('threw') },
    whole: { subject, act: completing, expect: brokenAtEnd('rejected') },
  }
}

export const TRANSFORMS: ScenarioGroup = {
  title: 'Transforms',
  scenarios: [
    {
      id: 'transform-throws',
      title: 'a transform throws',
      rules: ['R4', 'E3'],
      stream: {
        holdOverHttp: ['middle'],
        subject: throwingAt(2),
        act: readAll,
        expect: {
          caller: { how: 'threw Error: of the transform', pieces: 1 },
          layers: { inside: abandoned(2), everywhere: failed('Error: of the transform', 1, { usage: 'running' }) },
          attempts: [abandoned(2)],
          upstream: [{ outcome: 'closed', pieces: 2 }],
        },
      },
      whole: {
        subject: throwingAt(1),
        act: completing,
        expect: {
          ...allEnd('rejected Error: of the transform', failed('Error: of the transform'), {
            outcome: { process: 'closed', http: 'ended' },
            pieces: { process: 1, http: 4 },
          }),
          layers: {
            inside: abandoned({ process: 1, http: 4 }, { usage: 'none' }),
            everywhere: failed('Error: of the transform'),
          },
          attempts: [abandoned({ process: 1, http: 4 }, { usage: 'none' })],
        },
      },
    },
    {
      id: 'transform-expands',
      title: 'a transform makes two events of one, and adds one before the end',
      rules: ['R4', 'P7'],
      ...both(expanding, changed(FIVE)),
    },
    {
      id: 'transform-drops',
      title: 'a transform drops every text',
      rules: ['R4', 'P7'],
      ...both(
        transforming(() => (event) => (event.type === 'text' ? undefined : event)),
        changed(''),
      ),
    },
    {
      id: 'transform-swallows-end',
      title: 'a transform swallows the end',
      rules: ['R4', 'E1'],
      ...breakingAtEnd((event) => (event.type === 'end' ? undefined : event)),
    },
    {
      id: 'transform-adds-behind-end',
      title: 'a transform adds an event behind the end',
      rules: ['R4'],
      ...breakingAtEnd((event) =>
        event.type === 'end' ? [event, { type: 'text', text: '5 ', at: event.at }] : event,
      ),
    },
  ],
}
