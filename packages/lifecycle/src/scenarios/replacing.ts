import { type FactKey, fact, Reply, type StreamEvent } from '@cepa/core'
import { completing, consuming, readAll } from '../stage/consumer.ts'
import { errorLabel } from '../stage/labels.ts'
import { watching } from '../stage/watcher.ts'
import type { World } from '../stage/world.ts'
import { bothModes, bothTelling, telling } from './both-modes.ts'
import { abandoned, allEnd, type Expectation, failed, lost, READ_TO_END } from './expectation.ts'
import { NO_REPLY } from './not-here.ts'
import type { Act, ScenarioGroup, SubjectMaker } from './scenario.ts'
import { handling, repeating } from './subjects.ts'

const score: FactKey<number, 'score', 'out', true> = fact('score', 'out')

/** The events of a reply, one by one, from an iterator that does not tell the reply when it is left. */
const deafly = (reply: Reply): AsyncIterable<StreamEvent> => ({
  [Symbol.asyncIterator]: () => {
    const iterator = reply[Symbol.asyncIterator]()
    return { next: () => iterator.next() }
  },
})

/** The subject reads the reply from inside and gives another in its place; an inner fact must go outward all the same. */
const replacing: SubjectMaker = (world) => ({
  outside: [
    {
      name: 'outsider',
      make: watching({
        reads: [score],
        hooks: { end: (call) => void world.notes.set('score', (call.facts as { score?: number }).score ?? 'nothing') },
      }),
    },
  ],
  subject: {
    name: 'subject',
    make: watching({
      handle: async (call, next) => {
        const reply = await next(call)
        return Reply.from(deafly(reply), { of: reply })
      },
    }),
    controls: true,
  },
  inside: [{ name: 'insider', make: watching({ gives: [score], hooks: { end: (call) => call.give(score, 7) } }) }],
})

const scoreSeen = ({ notes }: World): Readonly<Record<string, unknown>> => ({ score: notes.get('score') })

const READ: Expectation = { ...READ_TO_END, told: { score: 7 } }

const SERVER = 'ProviderError server'

/** The subject looks at the reply, finds that it has failed, and returns it as if nothing were. */
const returningFailed: SubjectMaker = handling(async (_world, call, next) => {
  const reply = await next(call)
  await reply.peek().catch(() => undefined)
  return reply
})

const FAILED_INSIDE: Expectation = {
  caller: { how: `rejected ${SERVER}` },
  layers: { everywhere: failed(SERVER) },
  attempts: [lost(failed(SERVER))],
  upstream: [{ outcome: 'failed', pieces: 0 }],
}

/** The subject keeps the reply that it has returned, and goes on using it. */
const clinging: SubjectMaker = handling(async (world, call, next) => {
  const reply = await next(call)
  world.notes.set('kept', reply)
  return reply
})

/** What becomes of it when a layer uses a reply that is no longer its own. */
async function clung({ notes }: World): Promise<Readonly<Record<string, unknown>>> {
  const kept = notes.get('kept') as Reply
  await kept.cancel()
  const attempts: readonly [string, () => unknown][] = [
    ['read', () => kept[Symbol.asyncIterator]()],
    ['transform', () => kept.transform((event) => event)],
  ]
  const refusals = attempts.map(([what, attempt]) => {
    try {
      attempt()
      return [what, 'was allowed']
    } catch (error) {
      return [what, errorLabel(error)]
    }
  })
  return Object.fromEntries(refusals)
}

/** The subject, which may repeat, calls next once more when it has returned long since. */
const comingBack: SubjectMaker = repeating((world, call, next) => {
  world.notes.set('again', () => next(call))
  return next(call)
})

const goingAgain =
  (act: Act): Act =>
  async (world) => {
    const told = await act(world)
    const again = world.notes.get('again') as () => Promise<Reply>
    return { ...told, told: { again: await again().then(() => 'was allowed', errorLabel) } }
  }

const ONE_ANSWER: Expectation = {
  ...READ_TO_END,
  told: { again: 'ContractError R8 of subject' },
}

export const REPLACING: ScenarioGroup = {
  title: 'Replies in the hands of layers',
  scenarios: [
    {
      id: 'replaced-reply-read',
      title: 'a layer reads the reply and gives another in its place',
      rules: ['P6', 'R8', 'P7'],
      ...bothTelling({ subject: replacing, expect: READ }, scoreSeen),
    },
    {
      id: 'replaced-reply-left',
      title: 'the reply in the place of another is left',
      rules: ['E3', 'R2'],
      stream: {
        holdOverHttp: ['middle'],
        subject: replacing,
        act: telling(
          (world) =>
            consuming(world, async (consumer) => {
              await consumer.take(2)
              await consumer.leave()
              return consumer.tell()
            }),
          scoreSeen,
        ),
        expect: { ...allEnd('left', abandoned(2), { outcome: 'closed', pieces: 2 }), told: { score: 7 } },
      },
      whole: NO_REPLY,
    },
    {
      id: 'returns-a-failed-reply',
      title: 'a layer returns a reply that has failed in its hands',
      rules: ['R8', 'E2', 'P6'],
      ...bothModes({
        subject: returningFailed,
        answer: { steps: [{ error: { kind: 'server' } }] },
        expect: FAILED_INSIDE,
      }),
    },
    {
      id: 'calls-next-after-returning',
      title: 'a layer that repeats calls next when it has returned',
      rules: ['R8'],
      stream: { subject: comingBack, act: goingAgain(readAll), expect: ONE_ANSWER },
      whole: { subject: comingBack, act: goingAgain(completing), expect: ONE_ANSWER },
    },
    {
      id: 'clings-to-its-reply',
      title: 'a layer goes on using the reply that it has returned',
      rules: ['R8', 'R7'],
      stream: {
        subject: clinging,
        act: (world) =>
          consuming(world, async (consumer) => {
            await consumer.take(1)
            const told = await clung(world)
            return (await consumer.rest()).tell(told)
          }),
        expect: {
          ...READ_TO_END,
          told: { read: 'ContractError R8 of reply', transform: 'ContractError R8 of reply' },
        },
      },
      whole: 'a whole answer is read as soon as it is there',
    },
  ],
}
