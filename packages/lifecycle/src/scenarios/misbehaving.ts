import type { Call, Handler } from '@cepa/core'
import { Reply } from '@cepa/core'
import { completing, consuming, readAll } from '../stage/consumer.ts'
import { replyOf } from '../stage/layers.ts'
import { patiently } from '../stage/patience.ts'
import { watching } from '../stage/watcher.ts'
import type { World } from '../stage/world.ts'
import { abandoned, aborted, type Expectation, failed, done, lost } from './expectation.ts'
import type { Part, Scenario, ScenarioGroup, SubjectMaker } from './scenario.ts'

const NO_REQUEST = 'no request reaches the provider; see in process'

type Handle = (world: World, call: Call, next: Handler) => Promise<Reply>

const handling =
  (handle: Handle): SubjectMaker =>
  (world) => ({
    subject: { name: 'subject', make: watching({ handle: (call, next) => handle(world, call, next) }), controls: true },
  })

const both = (part: Omit<Part, 'act'>): Pick<Scenario, 'stream' | 'whole'> => ({
  stream: { ...part, act: readAll },
  whole: { ...part, act: completing },
})

const R8 = 'ContractError R8 of subject'

/** The layer and those outside fail; what it had from inside is abandoned. */
const failing = (error: string, inside: Pick<Expectation, 'attempts' | 'upstream'>): Expectation => ({
  caller: { how: `rejected ${error}` },
  layers: { inside: inside.attempts, everywhere: failed(error) },
  ...inside,
})

const NOT_ENTERED = { attempts: [], upstream: [] } as const
const REPLY_LEFT = { attempts: [lost(abandoned())], upstream: [{ outcome: 'closed', pieces: 0 }] } as const
const LEFT_BEFORE_HEADERS = { attempts: [lost(abandoned())], upstream: [{ outcome: 'closed' }] } as const

const untilDone = (world: World, what: string): Promise<void> => {
  const gate = Promise.withResolvers<void>()
  world.notes.set(what, gate.resolve)
  return gate.promise
}

const tell = (world: World, what: string): void => (world.notes.get(what) as () => void)()

/** A reply whose source says whether it was closed. */
const spiedReply = (world: World): Reply =>
  Reply.from({
    pull: () => null,
    close: () => {
      world.notes.set('closed', true)
    },
  })

/** Aborts while the subject waits, then lets it go on, and waits until it has. */
const lateAct: Part['act'] = async (world) => {
  const call = world.column.mode === 'stream' ? world.call() : world.complete()
  const told = call.then(
    () => ({ how: 'done', text: '' }),
    (error: Error) => ({ how: `rejected ${error.name}`, text: '' }),
  )
  await world.clock.settle()
  world.caller.abort()
  const what = await told
  tell(world, 'late')
  await patiently(world.column.via, 'the late layer', world.notes.get('gone on') as Promise<void>)
  await world.clock.settle()
  return { ...what, told: { closed: world.notes.get('closed') ?? false } }
}

const late = (expect: Expectation, answer: Handle): Pick<Scenario, 'stream' | 'whole'> => {
  const subject = handling((world, call, next) => {
    const goingOn = untilDone(world, 'late').then(() => answer(world, call, next))
    world.notes.set('gone on', goingOn.then(() => undefined, () => undefined))
    return goingOn
  })
  return { stream: { subject, act: lateAct, expect }, whole: { subject, act: lateAct, expect } }
}

const ABORTED_WHILE_WAITING: Expectation = {
  caller: { how: 'rejected AbortError' },
  layers: { inside: [], everywhere: aborted() },
  ...NOT_ENTERED,
}

export const MISBEHAVING: ScenarioGroup = {
  title: 'Layers that break the rules of handle',
  scenarios: [
    {
      id: 'throws-before-next',
      title: 'throws before next',
      rules: ['E3', 'P7'],
      ...both({
        subject: handling(() => Promise.reject(new Error('of the layer'))),
        expect: failing('Error: of the layer', NOT_ENTERED),
      }),
      not: ({ via }) => (via === 'http' ? NO_REQUEST : undefined),
    },
    {
      id: 'throws-after-next',
      title: 'throws after next',
      rules: ['E3', 'P7'],
      ...both({
        hold: ['first'],
        subject: handling(async (_world, call, next) => {
          await next(call)
          throw new Error('of the layer')
        }),
        expect: failing('Error: of the layer', REPLY_LEFT),
      }),
    },
    {
      id: 'does-not-await-next',
      title: 'does not await next',
      rules: ['R8', 'E3'],
      ...both({
        hold: ['headers'],
        subject: handling(async (world, call, next) => {
          void next(call)
          await world.gates.reached('headers')
          return replyOf('another')
        }),
        expect: failing(R8, LEFT_BEFORE_HEADERS),
      }),
    },
    {
      id: 'calls-next-twice',
      title: 'calls next twice without saying that it repeats',
      rules: ['R8', 'E3'],
      ...both({
        hold: ['first'],
        subject: handling(async (_world, call, next) => {
          const reply = await next(call)
          await next(call).catch(() => undefined)
          return reply
        }),
        expect: failing(R8, REPLY_LEFT),
      }),
    },
    {
      id: 'drops-the-reply',
      title: 'drops the reply and returns another',
      rules: ['R8', 'E3'],
      ...both({
        hold: ['first'],
        subject: handling(async (_world, call, next) => {
          await next(call)
          return replyOf('another')
        }),
        expect: failing(R8, REPLY_LEFT),
      }),
    },
    {
      id: 'returns-nothing',
      title: 'returns nothing',
      rules: ['R8', 'E3'],
      ...both({
        hold: ['first'],
        subject: handling(async (_world, call, next) => {
          await next(call)
          return undefined as unknown as Reply
        }),
        expect: failing(R8, REPLY_LEFT),
      }),
    },
    {
      id: 'returns-a-reply-twice',
      title: 'returns the reply of one call again for the next',
      rules: ['R8'],
      ...twice(),
    },
    {
      id: 'answers-late',
      title: 'answers when its pass has been aborted',
      rules: ['E8', 'E6'],
      ...late({ ...ABORTED_WHILE_WAITING, told: { closed: true } }, async (world) => spiedReply(world)),
      not: ({ via }) => (via === 'http' ? NO_REQUEST : undefined),
    },
    {
      id: 'calls-next-late',
      title: 'calls next when its pass has been aborted',
      rules: ['E6', 'P1'],
      ...late({ ...ABORTED_WHILE_WAITING, told: { closed: false } }, (_world, call, next) => next(call)),
      not: ({ via }) => (via === 'http' ? NO_REQUEST : undefined),
    },
    {
      id: 'calls-next-when-abandoned',
      title: 'calls next when what is outside has given up',
      rules: ['P1', 'E8'],
      ...abandonedWhileWaiting(),
      not: ({ via }) => (via === 'http' ? NO_REQUEST : undefined),
    },
  ],
}

/** The first call is sound; the second is given the first's reply. */
function twice(): Pick<Scenario, 'stream' | 'whole'> {
  const subject = handling(async (world, call, next) => {
    const known = world.notes.get('reply') as Reply | undefined
    if (known) return known
    const reply = await next(call)
    world.notes.set('reply', reply)
    return reply
  })
  const expect: Expectation = {
    caller: { how: `rejected ${R8}` },
    layers: { inside: [done()], everywhere: [done(), failed(R8)] },
    attempts: [done()],
    upstream: [{ outcome: 'ended', pieces: 4 }],
  }
  return {
    stream: {
      subject,
      act: async (world) => {
        await readAll(world)
        return readAll(world)
      },
      expect,
    },
    whole: {
      subject,
      act: async (world) => {
        await completing(world)
        return completing(world)
      },
      expect,
    },
  }
}

/** A layer just outside starts the subject, does not wait for it, and fails; only then does the subject call next. */
function abandonedWhileWaiting(): Pick<Scenario, 'stream' | 'whole'> {
  const hasty = watching({
    handle: async (call, next) => {
      next(call).catch(() => undefined)
      throw new Error('of the hasty layer')
    },
  })
  const subject: SubjectMaker = (world) => ({
    outside: [{ name: 'hasty', make: hasty, controls: true }],
    ...handling((_world, call, next) => {
      const goingOn = untilDone(world, 'late').then(() => next(call))
      world.notes.set('gone on', goingOn.then(() => undefined, () => undefined))
      return goingOn
    })(world),
  })
  const act: Part['act'] = async (world) => {
    const told = await (world.column.mode === 'stream' ? consuming(world, async (consumer) => consumer.tell()) : completing(world))
    tell(world, 'late')
    await patiently(world.column.via, 'the late layer', world.notes.get('gone on') as Promise<void>)
    return told
  }
  const expect: Expectation = {
    caller: { how: 'rejected Error: of the hasty layer' },
    layers: { subject: abandoned(), inside: [], everywhere: failed('Error: of the hasty layer') },
    ...NOT_ENTERED,
  }
  return { stream: { subject, act, expect }, whole: { subject, act, expect } }
}
