import type { StreamEvent } from '@cepa/core'
import { completing, readAll } from '../stage/consumer.ts'
import { bothModes } from './both-modes.ts'
import { abandoned, done, type Expectation, failed } from './expectation.ts'
import type { Scenario, ScenarioGroup, SubjectMaker } from './scenario.ts'
import { handling } from './subjects.ts'

type Change = (event: StreamEvent) => StreamEvent | readonly StreamEvent[] | undefined

/** A subject whose transform is made anew for every call. */
const transforming = (change: () => Change): SubjectMaker =>
  handling(async (_world, call, next) => (await next(call)).transform(change()))

const ENDED = { outcome: 'ended', pieces: 4 } as const

/** Does something wrong at the text event of this number. */
const wrongAt = (number: number, wrong: Change): SubjectMaker =>
  transforming(() => {
    let texts = 0
    return (event) => (event.type === 'text' && ++texts === number ? wrong(event) : event)
  })

/** At the second piece of a stream, and at the first text of a whole answer: outside that never came. */
const brokenAtText = (error: string, wrong: Change): Pick<Scenario, 'stream' | 'whole'> => {
  const seen = { process: 1, http: 4 } as const
  return {
    stream: {
      holdOverHttp: ['middle'],
      subject: wrongAt(2, wrong),
      act: readAll,
      expect: {
        caller: { how: `threw ${error}`, pieces: 1 },
        layers: { inside: abandoned(2), everywhere: failed(error, 1, { usage: 'running' }) },
        attempts: [abandoned(2)],
        upstream: [{ outcome: 'closed', pieces: 2 }],
      },
    },
    whole: {
      subject: wrongAt(1, wrong),
      act: completing,
      expect: {
        caller: { how: `rejected ${error}` },
        layers: { inside: abandoned(seen, { usage: 'none' }), everywhere: failed(error) },
        attempts: [abandoned(seen, { usage: 'none' })],
        upstream: [{ outcome: { process: 'closed', http: 'ended' }, pieces: seen }],
      },
    },
  }
}

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
      ...brokenAtText('Error: of the transform', () => {
        throw new Error('of the transform')
      }),
    },
    {
      id: 'transform-makes-an-end',
      title: 'a transform makes an end of its own',
      rules: ['R4', 'E3'],
      ...brokenAtText(R4, (event) => [event, { type: 'end', finish: 'stop', at: event.at }]),
    },
    {
      id: 'transform-expands',
      title: 'a transform makes two events of one, and adds one before the end',
      rules: ['R4', 'P7'],
      ...bothModes({ subject: expanding, expect: changed(FIVE) }),
    },
    {
      id: 'transform-drops',
      title: 'a transform drops every text',
      rules: ['R4', 'P7'],
      ...bothModes({
        subject: transforming(() => (event) => (event.type === 'text' ? undefined : event)),
        expect: changed(''),
      }),
    },
    {
      id: 'transform-swallows-end',
      title: 'a transform swallows the end',
      rules: ['R4', 'E4', 'E1'],
      ...breakingAtEnd((event) => (event.type === 'end' ? undefined : event)),
    },
    {
      id: 'transform-adds-behind-end',
      title: 'a transform adds an event behind the end',
      rules: ['R4', 'E4'],
      ...breakingAtEnd((event) => (event.type === 'end' ? [event, { type: 'text', text: '5 ', at: event.at }] : event)),
    },
  ],
}
