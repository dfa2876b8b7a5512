import { type CepaError, TimeoutError } from '@cepa/core'
import { completing, readAll } from '../stage/consumer.ts'
import { errorLabel } from '../stage/labels.ts'
import type { World } from '../stage/world.ts'
import { aborted, type Expectation, failed, lost } from './expectation.ts'
import type { ScenarioGroup, SubjectMaker, Told } from './scenario.ts'
import { handling } from './subjects.ts'

/** The subject puts a signal of its own around what is inside. */
const ownSignal: SubjectMaker = handling((world, call, next) => {
  const own = world.signal()
  world.notes.set('own', own)
  return next(call.with({ signal: own.signal }))
})

const abortOwn = (world: World): void => (world.notes.get('own') as World['caller']).abort()

const failedBySubject = (how: 'threw' | 'rejected', pieces: number): Expectation => ({
  caller: { how: `${how} AbortError`, pieces },
  layers: { inside: aborted(pieces), everywhere: failed('AbortError', pieces) },
  attempts: [aborted(pieces)],
  upstream: [{ outcome: 'closed', pieces }],
})

const refusalOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  )

/** Each call has an error of its own, with its own ending, whatever the reason of the signal was. */
async function abortBoth(world: World, calls: readonly Promise<unknown>[]): Promise<Told> {
  await Promise.all([world.gates.reached('headers', 0), world.gates.reached('headers', 1)])
  world.caller.abort(new TimeoutError({ limit: 'total', limitMs: 1, setBy: 'somebody else' }))
  const [first, second] = await Promise.all(calls)
  const endings = [first, second].map((error) => (error as CepaError).ending?.kind)
  return { how: `rejected ${errorLabel(first)}`, text: '', told: { distinct: first !== second, endings } }
}

const TWO_ABORTED: Expectation = {
  caller: { how: 'rejected AbortError' },
  layers: { everywhere: [aborted(), aborted()] },
  attempts: [lost(aborted()), lost(aborted())],
  upstream: [{ outcome: 'closed' }, { outcome: 'closed' }],
  told: { distinct: true, endings: ['aborted', 'aborted'] },
}

export const SIGNALS: ScenarioGroup = {
  title: 'Whose signal it is',
  scenarios: [
    {
      id: 'one-signal-for-two-calls',
      title: 'one signal, whose reason is an error of Cepa’s own, ends two calls',
      rules: ['E2', 'E1'],
      stream: {
        hold: ['headers'],
        act: async (world) => {
          const calls = [refusalOf(world.call()), refusalOf(world.call())]
          return abortBoth(world, calls)
        },
        expect: TWO_ABORTED,
      },
      whole: {
        hold: ['headers'],
        act: async (world) => {
          const calls = [refusalOf(world.complete()), refusalOf(world.complete())]
          return abortBoth(world, calls)
        },
        expect: TWO_ABORTED,
      },
    },
    {
      id: 'abort-by-a-layer-in-the-middle',
      title: "a layer's own signal fires in the middle",
      rules: ['E2', 'E6'],
      stream: {
        hold: ['middle'],
        subject: ownSignal,
        act: async (world) => {
          const told = readAll(world)
          await world.gates.reached('middle')
          await world.upstream.carried()
          abortOwn(world)
          return told
        },
        expect: failedBySubject('threw', 2),
      },
      whole: {
        hold: ['first'],
        subject: ownSignal,
        act: (world) =>
          completing(world, async () => {
            await world.gates.reached('first')
            await world.upstream.carried()
            abortOwn(world)
          }),
        expect: failedBySubject('rejected', 0),
      },
    },
  ],
}
