import { fakeProvider, recorder } from '@cepa/testing'
import { describe, expect, it } from 'vitest'
import {
  answering,
  end,
  errorOf,
  handling,
  MODES,
  read,
  rejection,
  request,
  said,
  saying,
  soundness,
  textOf,
} from '../test/onion.ts'
import { ContractError, middleware, pipeline, Reply } from './index.ts'

describe('R8: what a controlling layer must keep to', () => {
  type Handle = Parameters<typeof handling>[1]
  let kept: Reply | undefined
  const CASES: Record<string, { handle: Handle; problem: string }> = {
    'calls next() twice without saying so': {
      handle: async (call, next) => {
        await (await next(call)).cancel()
        return next(call)
      },
      problem: 'called next() more than once without the trait `repeats`',
    },
    'calls next() twice without saying so, and swallows what that throws': {
      handle: async (call, next) => {
        const reply = await next(call)
        await next(call).catch(() => undefined)
        return reply
      },
      problem: 'called next() more than once without the trait `repeats`',
    },
    'calls next() twice at once, and waits for neither': {
      handle: async (call, next) => {
        void next(call)
        void next(call)
        return Reply.from(said('mine'))
      },
      problem: 'called next() more than once without the trait `repeats`',
    },
    'does not wait for next()': {
      handle: async (call, next) => {
        void next(call)
        return Reply.from(said('mine'))
      },
      problem: 'returned while a next() was not awaited',
    },
    'drops the reply': {
      handle: async (call, next) => {
        await next(call)
        return Reply.from(said('mine'))
      },
      problem: 'dropped a reply: return it, cancel it, or name it in Reply.from(…, { of: reply })',
    },
    'wraps the reply without saying so': {
      handle: async (call, next) => Reply.from(await next(call)),
      problem: 'dropped a reply: return it, cancel it, or name it in Reply.from(…, { of: reply })',
    },
    'returns nothing': {
      handle: async (call, next) => {
        await next(call)
        return undefined as never
      },
      problem: 'returned no reply but undefined',
    },
    'returns null': { handle: async () => null as never, problem: 'returned no reply but null' },
    'returns something else': {
      handle: async () => ({ text: 'mine' }) as never,
      problem: 'returned no reply but an object',
    },
    'returns a reply that it has cancelled': {
      handle: async (call, next) => {
        const reply = await next(call)
        await reply.cancel()
        return reply
      },
      problem: 'returned a reply that it had cancelled',
    },
    'returns a reply that it has read': {
      handle: async (call, next) => {
        const reply = await next(call)
        await reply.result()
        return reply
      },
      problem: 'returned a reply that it had read; make a new one by Reply.from(events, { of: reply })',
    },
    'returns a reply that it is reading': {
      handle: async (call, next) => {
        const reply = await next(call)
        await reply[Symbol.asyncIterator]().next()
        return reply
      },
      problem: 'returned a reply that it had read; make a new one by Reply.from(events, { of: reply })',
    },
    'returns a reply that was returned before': {
      handle: async () => {
        kept ??= Reply.from(said('mine'))
        return kept
      },
      problem: 'returned a reply that had been returned before',
    },
    'returns the reply of another call': {
      handle: async () => pipeline(saying('other'))(request),
      problem: 'returned a reply of another call',
    },
    'gives next() something that is no call': {
      handle: async (_call, next) => next({ request } as never),
      problem: 'next() was given something that is not a call',
    },
    'gives next() the call of another request': {
      handle: async (_call, next) => next(stolen as never),
      problem: 'next() was given a call of another layer or request',
    },
    'wraps the reply of another call': {
      handle: async (call, next) => {
        const other = await pipeline(saying('other'))(request)
        const reply = Reply.from(said('mine'), { of: other })
        await (await next(call)).cancel()
        return reply
      },
      problem: 'returned a reply of another call',
    },
  }
  let stolen: unknown
  const stealing = middleware({
    name: 'stealing',
    start: (call) => {
      stolen ??= call
    },
  })

  it.each(Object.entries(CASES))('R8: one that %s', async (_what, { handle, problem }) => {
    for (const mode of MODES) {
      const seen = recorder()
      const adapter = fakeProvider('Hi')
      kept = undefined
      const chat = pipeline(adapter, stealing, seen.layer('outer'), handling('bad', handle), seen.layer('inner'))
      let error = await errorOf(chat, mode)
      if (error === undefined) error = await errorOf(chat, mode)
      expect(error).toBeInstanceOf(ContractError)
      expect(error).toMatchObject({ layer: 'bad', rule: 'R8', message: `bad: ${problem} (rule R8)` })
      expect(seen.endingsOf('outer').at(-1)).toBe('failed')
      await new Promise(setImmediate)
      expect(seen.passesOf('inner').every(({ endings }) => endings.length === 1)).toBe(true)
      expect(soundness(seen.log)).toEqual([])
      expect(adapter.open).toBe(0)
    }
  })

  it('R8: one that answers late: next() after handle has returned is refused', async () => {
    let late: Promise<unknown> = Promise.resolve()
    const go = Promise.withResolvers<void>()
    const adapter = saying('Hi')
    const chat = pipeline(
      adapter,
      handling('late', async (call, next) => {
        late = go.promise.then(() => next(call)).catch((error) => error)
        return Reply.from(said('mine'))
      }),
    )
    expect((await chat.complete(request)).text).toBe('mine')
    go.resolve()
    expect(await late).toMatchObject({
      layer: 'late',
      rule: 'R8',
      message: expect.stringContaining('after its handle had returned'),
    })
    expect(adapter.calls).toHaveLength(0)
  })

  it('R8: a next() that is refused and dropped is no unhandled rejection', async () => {
    const unhandled: unknown[] = []
    const listen = (reason: unknown) => unhandled.push(reason)
    process.on('unhandledRejection', listen)
    const chat = pipeline(
      fakeProvider({ failure: { status: 500 } }),
      handling(
        'bad',
        async (call, next) => {
          void next(call)
          void next(call)
          void next({} as never)
          throw new Error('mine')
        },
        { repeats: true },
      ),
    )
    await rejection(chat.complete(request))
    await new Promise((resolve) => setTimeout(resolve, 5))
    process.off('unhandledRejection', listen)
    expect(unhandled).toEqual([])
  })

  it('R8: what repeats may call next() as often as it likes, also at once', async () => {
    const seen = recorder()
    const hedge = handling(
      'hedge',
      async (call, next) => {
        const replies = await Promise.all([next(call), next(call), next(call)])
        const [winner, ...losers] = replies as [Reply, ...Reply[]]
        for (const loser of losers) await loser.cancel('lost')
        return winner
      },
      { repeats: true },
    )
    expect((await pipeline(saying('Hi'), hedge, seen.layer('inner')).complete(request)).text).toBe('Hi')
    expect(seen.endingsOf('inner')).toEqual(['done', 'abandoned', 'abandoned'])
  })

  it('R8: what repeats must let go of the replies that it does not return', async () => {
    const hedge = handling(
      'hedge',
      async (call, next) => {
        const [winner] = await Promise.all([next(call), next(call)])
        return winner as Reply
      },
      { repeats: true },
    )
    await expect(pipeline(saying('Hi'), hedge).complete(request)).rejects.toThrow('hedge: dropped a reply')
  })

  it('R8: a reply is spent when it is handed on: who had it cannot use it any more', async () => {
    let mine: Reply | undefined
    const keeping = handling('keeping', async (call, next) => {
      mine = await next(call)
      return mine
    })
    const reply = await pipeline(saying('a', 'b'), keeping)(request)
    expect(() => mine?.transform((event) => event)).toThrow('the reply was handed on; only its new holder may use it')
    await expect(mine?.peek()).rejects.toBeInstanceOf(ContractError)
    expect(() => mine?.[Symbol.asyncIterator]()).toThrow(ContractError)
    expect(() => Reply.from([], { of: mine as Reply })).toThrow(ContractError)
    await mine?.cancel()
    expect(textOf(await read(reply))).toBe('ab')
  })

  it('R8: an adapter is held to it, too', async () => {
    const adapter = { ...saying('a'), handle: async () => ({ text: 'a' }) as never }
    await expect(pipeline(adapter)(request)).rejects.toMatchObject({ layer: 'adapter:test', rule: 'R8' })
    const once = Reply.from(said('a'))
    const again = pipeline(answering(() => once))
    await again.complete(request)
    await expect(again.complete(request)).rejects.toMatchObject({ layer: 'adapter:test', rule: 'R8' })
  })

  it('R8: `of` must be a reply', () => {
    expect(() => Reply.from([], { of: {} as Reply })).toThrow(
      'Reply.from was given an `of` that is no reply of a layer inside',
    )
  })
})

describe('Reply.from with `of`', () => {
  it('E3: a wrapper that ends early leaves what it reads, before its own passes end', async () => {
    const seen = recorder()
    const cutting = handling('cutting', async (call, next) => {
      const reply = await next(call)
      const cut = async function* () {
        for await (const event of reply) {
          yield event
          if (event.type === 'text') break
        }
        yield end()
      }
      return Reply.from(cut(), { of: reply })
    })
    const adapter = fakeProvider([{ text: 'a' }, { text: 'b' }])
    const chat = pipeline(adapter, seen.layer('outer'), cutting, seen.layer('inner'))
    expect((await chat.complete(request)).text).toBe('a')
    expect([seen.endingsOf('inner'), seen.endingsOf('outer')]).toEqual([['abandoned'], ['done']])
    expect(soundness(seen.log)).toEqual([])
    expect(adapter.last.outcome).toBe('closed')
  })

  it('E3: a layer that reads a wrapper of its own to its end has left what that reads', async () => {
    const seen = recorder()
    const judging = handling('judging', async (call, next) => {
      const reply = await next(call)
      const { text: whole } = await Reply.from(said('cut'), { of: reply }).result()
      return Reply.from(said(whole))
    })
    const chat = pipeline(
      fakeProvider([{ text: 'a' }, { text: 'b' }]),
      seen.layer('outer'),
      judging,
      seen.layer('inner'),
    )
    expect((await chat.complete(request)).text).toBe('cut')
    expect([seen.endingsOf('inner'), seen.endingsOf('outer')]).toEqual([['abandoned'], ['done']])
    expect(soundness(seen.log)).toEqual([])
  })

  it('E3: a feed that forgets what it reads does not leave it open', async () => {
    const seen = recorder()
    const forgetting = handling('forgetting', async (call, next) => {
      const reply = await next(call)
      const own = said('mine')
      return Reply.from({ pull: () => own.shift() ?? null, close() {} }, { of: reply })
    })
    const adapter = fakeProvider([{ text: 'a' }, { text: 'b' }])
    const chat = pipeline(adapter, seen.layer('outer'), forgetting, seen.layer('inner'))
    expect((await chat.complete(request)).text).toBe('mine')
    expect([seen.endingsOf('inner'), seen.endingsOf('outer')]).toEqual([['abandoned'], ['done']])
    expect(soundness(seen.log)).toEqual([])
    expect(adapter.open).toBe(0)
  })
})
