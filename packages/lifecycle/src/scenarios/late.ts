import { Reply } from '@cepa/core'
import { completing, consuming } from '../stage/consumer.ts'
import { patiently } from '../stage/patience.ts'
import { watching } from '../stage/watcher.ts'
import type { World } from '../stage/world.ts'
import { abandoned, aborted, type Expectation, failed } from './expectation.ts'
import { noRequest } from './not-here.ts'
import type { Act, Scenario, ScenarioGroup, SubjectMaker } from './scenario.ts'
import { type Handle, handling } from './subjects.ts'

const NOT_ENTERED = { attempts: [], upstream: [] } as const

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
const lateAct: Act = async (world) => {
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
    world.notes.set(
      'gone on',
      goingOn.then(
        () => undefined,
        () => undefined,
      ),
    )
    return goingOn
  })
  return { stream: { subject, act: lateAct, expect }, whole: { subject, act: lateAct, expect } }
}

const ABORTED_WHILE_WAITING: Expectation = {
  caller: { how: 'rejected AbortError' },
  layers: { inside: [], everywhere: aborted() },
  ...NOT_ENTERED,
}

export const LATE: ScenarioGroup = {
  title: 'Layers that are late',
  scenarios: [
    {
      id: 'answers-late',
      title: 'answers when its pass has been aborted',
      rules: ['E8', 'E6'],
      ...late({ ...ABORTED_WHILE_WAITING, told: { closed: true } }, async (world) => spiedReply(world)),
      not: noRequest,
    },
    {
      id: 'calls-next-late',
      title: 'calls next when its pass has been aborted',
      rules: ['E6', 'P1'],
      ...late({ ...ABORTED_WHILE_WAITING, told: { closed: false } }, (_world, call, next) => next(call)),
      not: noRequest,
    },
    {
      id: 'calls-next-when-abandoned',
      title: 'calls next when what is outside has given up',
      rules: ['P1', 'E8'],
      ...abandonedWhileWaiting(),
      not: noRequest,
    },
  ],
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
      world.notes.set(
        'gone on',
        goingOn.then(
          () => undefined,
          () => undefined,
        ),
      )
      return goingOn
    })(world),
  })
  const act: Act = async (world) => {
    const told = await (world.column.mode === 'stream'
      ? consuming(world, async (consumer) => consumer.tell())
      : completing(world))
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
