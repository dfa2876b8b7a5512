import type { Call, Handler, Reply } from '@cepa/core'
import { completing, consuming } from '../stage/consumer.ts'
import type { World } from '../stage/world.ts'
import { bothModes } from './both-modes.ts'
import {
  type AttemptSpec,
  abandoned,
  aborted,
  done,
  type Expectation,
  failed,
  lost,
  type UpstreamSpec,
} from './expectation.ts'
import type { Held, Scenario, ScenarioGroup } from './scenario.ts'
import { type Handle, repeating } from './subjects.ts'

/** The first attempt is under way, whatever the network does, when the second begins. */
const begin = async (world: World, call: Call, next: Handler): Promise<{ reply: Promise<Reply> }> => {
  const reply = next(call)
  reply.catch(() => undefined)
  await world.gates.reached('headers', 0)
  return { reply }
}

const race = (hold: readonly Held[], handle: Handle, expect: Expectation): Pick<Scenario, 'stream' | 'whole'> =>
  bothModes({ hold, subject: repeating(handle), expect })

/** The first attempt loses and ends like this; the second is the answer. */
const firstLoses = (loser: AttemptSpec, upstream: UpstreamSpec): Expectation => ({
  caller: { how: 'done', pieces: 4 },
  layers: { inside: [loser, done()], everywhere: done() },
  attempts: [lost(loser), done()],
  upstream: [upstream, { outcome: 'ended', pieces: 4 }],
})

const LEFT_BEHIND = 'ContractError R8 of subject'

const abortedBoth: Expectation = {
  caller: { how: 'rejected AbortError' },
  layers: { inside: [aborted(), aborted()], everywhere: aborted() },
  attempts: [lost(aborted()), lost(aborted())],
  upstream: [{ outcome: 'closed' }, { outcome: 'closed' }],
}

const raceToAbort = repeating(async (world, call, next) => {
  const first = await begin(world, call, next)
  const second = next(call)
  second.catch(() => undefined)
  return Promise.race([first.reply, second])
})

const abortInRace = async (world: World): Promise<void> => {
  await world.gates.reached('headers', 1)
  await world.upstream.carried()
  world.caller.abort()
}

export const CONCURRENT: ScenarioGroup = {
  title: 'Two attempts at once',
  scenarios: [
    {
      id: 'loser-has-its-reply',
      title: 'the loser has its reply, and is cancelled',
      rules: ['A1', 'E3', 'P1'],
      ...race(
        ['first#0'],
        async (world, call, next) => {
          const first = await begin(world, call, next)
          const second = await next(call)
          await (await first.reply).cancel('lost')
          return second
        },
        firstLoses(abandoned(), { outcome: 'closed', pieces: 0 }),
      ),
    },
    {
      id: 'loser-waits-for-headers',
      title: 'the loser waits for its headers, and is aborted by the layer',
      rules: ['A1', 'E2', 'E6'],
      ...race(
        ['headers#0'],
        async (world, call, next) => {
          const own = world.signal()
          await begin(world, call.with({ signal: own.signal }), next)
          const second = await next(call)
          own.abort()
          return second
        },
        firstLoses(aborted(), { outcome: 'closed' }),
      ),
    },
    {
      id: 'loser-is-left-behind',
      title: 'the loser is neither cancelled nor returned',
      rules: ['R8', 'E3'],
      ...race(
        ['first'],
        async (world, call, next) => {
          const first = await begin(world, call, next)
          const second = await next(call)
          await first.reply
          return second
        },
        {
          caller: { how: `rejected ${LEFT_BEHIND}` },
          layers: { inside: [abandoned(), abandoned()], everywhere: failed(LEFT_BEHIND) },
          attempts: [lost(abandoned()), lost(abandoned())],
          upstream: [
            { outcome: 'closed', pieces: 0 },
            { outcome: 'closed', pieces: 0 },
          ],
        },
      ),
    },
    {
      id: 'abort-while-racing',
      title: 'the caller aborts while both wait',
      rules: ['E6', 'A1'],
      stream: {
        hold: ['headers'],
        subject: raceToAbort,
        act: async (world) => {
          const told = consuming(world, async (consumer) => consumer.tell())
          await abortInRace(world)
          return told
        },
        expect: abortedBoth,
      },
      whole: {
        hold: ['headers'],
        subject: raceToAbort,
        act: (world) => completing(world, () => abortInRace(world)),
        expect: abortedBoth,
      },
    },
  ],
}
