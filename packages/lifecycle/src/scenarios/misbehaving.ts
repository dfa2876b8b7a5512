import type { Reply } from '@cepa/core'
import { completing, readAll } from '../stage/consumer.ts'
import { replyOf } from '../stage/layers.ts'
import { bothModes } from './both-modes.ts'
import { abandoned, done, type Expectation, failed, lost } from './expectation.ts'
import { noRequest } from './not-here.ts'
import type { Scenario, ScenarioGroup } from './scenario.ts'
import { handling } from './subjects.ts'

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

export const MISBEHAVING: ScenarioGroup = {
  title: 'Layers that break the rules of handle',
  scenarios: [
    {
      id: 'throws-before-next',
      title: 'throws before next',
      rules: ['E3', 'P7'],
      ...bothModes({
        subject: handling(() => Promise.reject(new Error('of the layer'))),
        expect: failing('Error: of the layer', NOT_ENTERED),
      }),
      not: noRequest,
    },
    {
      id: 'throws-after-next',
      title: 'throws after next',
      rules: ['E3', 'P7'],
      ...bothModes({
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
      ...bothModes({
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
      ...bothModes({
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
      ...bothModes({
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
      ...bothModes({
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
