import { fakeProvider, recorder } from '@cepa/testing'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { errorOf, handling, MODES, request, said, saying, shouting, soundness, text } from '../test/onion.ts'
import {
  type Call,
  ContractError,
  type Fault,
  fact,
  faultNote,
  type MiddlewareSpec,
  middleware,
  noteKey,
  pipeline,
  Reply,
  type StreamEvent,
} from './index.ts'

describe('P1: passes', () => {
  it.each(MODES)('P1: a call goes in outermost first and comes out innermost first (%s)', async (mode) => {
    const seen = recorder()
    const chat = pipeline(
      saying('Hi'),
      seen.layer('outer'),
      seen.layer('control', { handle: true }),
      seen.layer('middle'),
      seen.layer('inner', { handle: true }),
      seen.layer('innermost'),
    )
    expect(await errorOf(chat, mode)).toBeUndefined()
    const layers = ['outer', 'control', 'middle', 'inner', 'innermost']
    const inward = layers.flatMap((name) => [`${name}.provide`, `${name}.start`])
    const outward = (what: string) => layers.toReversed().map((name) => `${name}.${what}`)
    const notes = (name: string) => outward(`note ${name}`)
    expect(seen.log).toEqual([
      ...inward,
      ...notes('attempt-start'),
      ...outward('firstToken text'),
      ...outward('event text'),
      ...outward('event end'),
      ...notes('attempt-end'),
      ...outward('end done'),
    ])
  })

  it('P1: a layer that was not entered has neither start nor end', async () => {
    const seen = recorder()
    const answer = handling('answer', async () => Reply.from(said('by hand')))
    const adapter = saying('never')
    const { text: whole } = await pipeline(adapter, seen.layer('outer'), answer, seen.layer('inner')).complete(request)
    expect(whole).toBe('by hand')
    expect(adapter.calls).toHaveLength(0)
    expect(seen.endingsOf('outer')).toEqual(['done'])
    expect(seen.passesOf('inner')).toEqual([])
  })

  it.each(MODES)('P1: every entry of a repeating layer into what is inside is a pass of its own (%s)', async (mode) => {
    const seen = recorder()
    const twice = handling(
      'twice',
      async (call, next) => {
        const first = await next(call)
        await first.cancel('again')
        return next(call)
      },
      { repeats: true },
    )
    const chat = pipeline(saying('Hi'), seen.layer('outer'), twice, seen.layer('inner'))
    expect(await errorOf(chat, mode)).toBeUndefined()
    expect(seen.endingsOf('outer')).toEqual(['done'])
    expect(seen.endingsOf('inner')).toEqual(['abandoned', 'done'])
    expect(soundness(seen.log)).toEqual([])
  })

  it('P1: when provide throws, its own layer has not started and nothing inside is entered', async () => {
    const seen = recorder()
    const picky = middleware({
      name: 'picky',
      provide() {
        throw new TypeError('no')
      },
      start: () => void seen.log,
      end: () => expect.unreachable('its pass never started'),
    })
    const adapter = saying('Hi')
    const chat = pipeline(adapter, seen.layer('outer'), picky, seen.layer('inner'))
    await expect(chat(request)).rejects.toThrow('no')
    expect(seen.log).toEqual(['outer.provide', 'outer.start', 'outer.end failed'])
    expect(adapter.calls).toHaveLength(0)
  })

  const HOOKS = ['provide', 'start', 'firstToken', 'event', 'note', 'end'] as const
  const POSITIONS = ['outermost', 'before control', 'control', 'inside', 'innermost'] as const

  describe.each(HOOKS)('P1, E6: abort from inside %s', (hook) => {
    it.each(POSITIONS.flatMap((position) => MODES.map((mode) => [position, mode] as const)))(
      'P1, E4, E6: %s, %s: every start has one end, innermost first',
      async (position, mode) => {
        const seen = recorder()
        const controller = new AbortController()
        const aborting = (): unknown => {
          const spec: MiddlewareSpec = { name: 'aborting' }
          const abort = () => controller.abort('from a hook')
          return middleware({ ...spec, [hook]: abort })
        }
        const layers = POSITIONS.flatMap((name, index) => {
          const layer = seen.layer(`layer${index}`, { handle: name === 'control' })
          return name === position ? [layer, aborting() as typeof layer] : [layer]
        })
        const chat = pipeline({ adapter: fakeProvider([{ text: 'one' }, { text: 'two' }]), layers: layers as [] })
        const error = await errorOf(chat, mode, { signal: controller.signal })
        expect(soundness(seen.log)).toEqual([])
        const kinds = new Set(seen.passes.flatMap(({ endings }) => endings.map(({ kind }) => kind)))
        if (hook === 'end') {
          // `done` was fixed when the `end` event passed (E4)
          expect(error).toBeUndefined()
          expect([...kinds]).toEqual(['done'])
        } else {
          expect(error).toMatchObject({ name: 'AbortError', cause: 'from a hook' })
          expect([...kinds]).toEqual(['aborted'])
        }
      },
    )
  })
})

describe('P2: state', () => {
  it('P2: what start returns reaches every other hook and handle; two calls at once do not mix', async () => {
    const calls: string[] = []
    const counted = middleware({
      name: 'counted',
      start: (call) => ({ id: call.id, seen: [] as string[] }),
      firstToken: (_call, _event, state) => void state.seen.push('firstToken'),
      event: (_call, event, state) => void state.seen.push(event.type),
      note: (_call, { key }, state) => void state?.seen.push(key.name),
      async handle(call, next, state) {
        state.seen.push('handle')
        expect(state.id).toBe(call.id)
        return next(call)
      },
      end: (call, _ending, state) => {
        expect(state.id).toBe(call.id)
        calls.push(state.seen.join(' '))
      },
    })
    const chat = pipeline(fakeProvider([{ text: 'a' }], { asynchronous: true }), counted)
    await Promise.all([chat.complete(request), chat.complete(request)])
    const once = 'handle attempt-start firstToken start text end attempt-end'
    // `start` of the provider comes before its first text
    const order = once.replace('firstToken start', 'start firstToken')
    expect(calls).toEqual([order, order])
  })

  it('P2: a layer without start has no state', async () => {
    const states: unknown[] = []
    await pipeline(
      saying('Hi'),
      middleware({ name: 'none', end: (_call, _ending, state) => void states.push(state) }),
    ).complete(request)
    expect(states).toEqual([undefined])
  })
})

const anyNote = noteKey<string>('any')

const broken: readonly (readonly [string, () => unknown])[] = [
  [
    'throws',
    () => {
      throw new Error('broken')
    },
  ],
  [
    'throws what is no error',
    () => {
      throw 'broken'
    },
  ],
  ['returns a promise', async () => 'late'],
  [
    'returns a promise that rejects',
    async () => {
      throw new Error('late')
    },
  ],
  // biome-ignore lint/suspicious/noThenProperty: a thenable is what this is about
  ['returns a thenable', () => ({ then: (_resolve: unknown, reject: () => void) => reject?.() })],
  [
    'returns what throws when it is looked at',
    () => ({
      // biome-ignore lint/suspicious/noThenProperty: a thenable is what this is about
      get then() {
        throw new Error('broken getter')
      },
    }),
  ],
]
const WATCHING = ['start', 'firstToken', 'event', 'note', 'end'] as const

describe('P3: broken hooks', () => {
  afterEach(() => vi.restoreAllMocks())

  const emitting = middleware({
    name: 'emitting',
    start: (call) => call.emit(anyNote, 'told'),
  })

  describe.each(WATCHING)('P3: %s', (hook) => {
    it.each(
      broken.flatMap(([how, act]) =>
        MODES.flatMap((mode) => [false, true].map((handle) => [how, mode, { handle, act }] as const)),
      ),
    )('P3: %s (%s, %j): a fault once per pass, and the call goes on', async (_how, mode, { handle, act }) => {
      const faults: Fault[] = []
      const reported: Fault[] = []
      const listening = middleware({
        name: 'listening',
        note: (_call, note) => {
          if (faultNote.is(note)) faults.push(note.value)
        },
      })
      const bad = middleware({
        name: 'bad',
        [hook]: act,
        ...(handle && { handle: (call: Call<never>, next: (call: Call) => Promise<Reply>) => next(call) }),
      } as MiddlewareSpec)
      const seen = recorder()
      const chat = pipeline({
        adapter: fakeProvider([{ text: 'one ' }, { text: 'two' }]),
        layers: [seen.layer('outer'), listening, bad, seen.layer('inner'), emitting],
        report: (fault) => reported.push(fault),
      })
      for (const round of [1, 2]) {
        expect(await errorOf(chat, mode)).toBeUndefined()
        // a fault in `note` goes straight to the report (N1)
        const heard = hook === 'note' ? reported : faults
        expect(heard).toHaveLength(round)
        expect(heard.at(-1)).toMatchObject({ middleware: 'bad', hook })
        expect(heard.at(-1)?.error).toBeInstanceOf(Error)
        expect(hook === 'note' ? faults : reported).toEqual([])
      }
      expect(seen.endingsOf('outer')).toEqual(['done', 'done'])
      expect(seen.endingsOf('inner')).toEqual(['done', 'done'])
      expect(seen.passes[0]?.endings[0]?.completion.text).toBe('one two')
    })
  })

  it.each(WATCHING)(
    'P3: %s that returns a promise is told as a ContractError with the name of the layer',
    async (hook) => {
      const reported: Fault[] = []
      const bad = middleware({ name: 'bad', [hook]: async () => undefined } as MiddlewareSpec)
      await pipeline({
        adapter: saying('Hi'),
        layers: [bad, emitting],
        report: (fault) => reported.push(fault),
      }).complete(request)
      expect(reported.map(({ error }) => error)).toEqual([expect.any(ContractError)])
      expect(reported[0]?.error).toMatchObject({ layer: 'bad', rule: 'P3', code: 'CEPA_CONTRACT' })
    },
  )

  it('P3: a layer that is broken in every hook has one fault per pass', async () => {
    const reported: Fault[] = []
    const act = () => {
      throw new Error('broken')
    }
    const spec = Object.fromEntries(WATCHING.map((hook) => [hook, act]))
    const bad = middleware({ name: 'bad', ...spec } as MiddlewareSpec)
    await pipeline({ adapter: saying('Hi'), layers: [bad], report: (fault) => reported.push(fault) }).complete(request)
    expect(reported.map(({ hook }) => hook)).toEqual(['start'])
  })

  it('P3: a start that throws leaves its pass without state, but its pass ends', async () => {
    const ended: unknown[] = []
    const bad = middleware({
      name: 'bad',
      start(): object {
        throw new Error('broken')
      },
      end: (_call, { kind }, state) => void ended.push(kind, state),
    })
    await pipeline({ adapter: saying('Hi'), layers: [bad], report: () => undefined }).complete(request)
    expect(ended).toEqual(['done', undefined])
  })

  it.each(MODES)('P3: a provide that throws fails the call before anything is sent (%s)', async (mode) => {
    const adapter = saying('Hi')
    const reported: Fault[] = []
    const picky = middleware({
      name: 'picky',
      provide() {
        throw new RangeError('not you')
      },
    })
    const chat = pipeline({ adapter, layers: [picky], report: (fault) => reported.push(fault) })
    expect(await errorOf(chat, mode)).toBeInstanceOf(RangeError)
    expect(adapter.calls).toHaveLength(0)
    expect(reported).toEqual([])
  })

  it.each(broken.filter(([how]) => how.includes('promise') || how.includes('thenable')))(
    'P3: a provide that %s would check nothing: the call fails, before anything is sent',
    async (_how, act) => {
      const adapter = saying('Hi')
      const seen = recorder()
      const late = middleware({ name: 'late', provide: act } as MiddlewareSpec)
      const error = await errorOf(pipeline(adapter, seen.layer('outer'), late), 'complete')
      expect(error).toBeInstanceOf(ContractError)
      expect(error).toMatchObject({ layer: 'late', rule: 'P3' })
      expect(adapter.calls).toHaveLength(0)
      expect(seen.endingsOf('outer')).toEqual(['failed'])
    },
  )

  it('P3: a report that throws reaches nobody', async () => {
    const bad = middleware({
      name: 'bad',
      event() {
        throw new Error('broken')
      },
    })
    const report = () => {
      throw new Error('the report too')
    }
    expect((await pipeline({ adapter: saying('Hi'), layers: [bad], report }).complete(request)).text).toBe('Hi')
  })

  it('N1: by default a broken middleware is said once on the console', async () => {
    const said = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const bad = (name: string) =>
      middleware({
        name,
        event() {
          throw new Error('broken')
        },
      })
    const chat = pipeline(saying('Hi'), bad('one'), bad('two'))
    await chat.complete(request)
    await chat.complete(request)
    expect(said.mock.calls.map(([line]) => line)).toEqual([
      '[test] middleware two: hook event is broken (further faults of it are not shown):',
      '[test] middleware one: hook event is broken (further faults of it are not shown):',
    ])
  })
})

const tenantFact = fact<string, 'tenant', 'in'>('tenant', 'in')
const scoreFact = fact<number, 'score', 'out'>('score', 'out')

describe('P4: facts have a direction', () => {
  it('P4: an in-fact is readable in every hook further in, an out-fact in end further out', async () => {
    const log: string[] = []
    const giver = middleware({ name: 'giver', gives: [tenantFact], provide: (call) => call.give(tenantFact, 'acme') })
    const reader = middleware({
      name: 'reader',
      reads: [tenantFact, scoreFact],
      provide: (call) => void log.push(`provide ${call.facts.tenant}`),
      start: (call) => void log.push(`start ${call.facts.tenant} ${call.facts.score}`),
      event: (call) => void log.push(`event ${call.facts.tenant}`),
      end: (call) => void log.push(`end ${call.facts.tenant} ${call.facts.score}`),
    })
    const scorer = middleware({ name: 'scorer', gives: [scoreFact], end: (call) => call.give(scoreFact, 7) })
    await pipeline(saying(), giver, reader, scorer).complete(request)
    expect(log).toEqual(['provide acme', 'start acme undefined', 'event acme', 'end acme 7'])
  })

  it('P4: an out-fact may be given in handle', async () => {
    let read: number | undefined
    const reader = middleware({
      name: 'reader',
      reads: [scoreFact],
      end: (call) => {
        read = call.facts.score
      },
    })
    const scorer = middleware({
      name: 'scorer',
      gives: [scoreFact],
      handle(call, next) {
        call.give(scoreFact, 3)
        return next(call)
      },
    })
    await pipeline(saying(), reader, scorer).complete(request)
    expect(read).toBe(3)
  })

  it('P4: an optional in-fact is undefined where nobody gives it', async () => {
    const read: unknown[] = []
    const reader = middleware({
      name: 'reader',
      reads: [tenantFact.optional],
      start: (call) => void read.push(call.facts.tenant),
    })
    await pipeline(saying(), reader).complete(request)
    const giver = middleware({ name: 'giver', gives: [tenantFact], provide: (call) => call.give(tenantFact, 'acme') })
    await pipeline(saying(), giver, reader).complete(request)
    expect(read).toEqual([undefined, 'acme'])
    expect(tenantFact.optional.optional).toBe(tenantFact.optional)
  })

  it.each(['start', 'event', 'end'] as const)('P4: an in-fact given in %s is a fault', async (hook) => {
    const reported: Fault[] = []
    const late = middleware({
      name: 'late',
      gives: [tenantFact],
      provide: (call) => call.give(tenantFact, 'early'),
      [hook]: (call: Call) => call.give(tenantFact, 'late'),
    } as MiddlewareSpec)
    await pipeline({ adapter: saying('Hi'), layers: [late], report: (fault) => reported.push(fault) }).complete(request)
    expect(reported.map(({ error }) => error)).toEqual([expect.objectContaining({ layer: 'late', rule: 'P4' })])
  })

  it('P4: an in-fact given in handle fails the call', async () => {
    const late = handling('late', async (call, next) => {
      call.give(tenantFact, 'late')
      return next(call)
    })
    const giving = { ...late, gives: [tenantFact], '~spec': { ...late['~spec'], gives: [tenantFact] } }
    await expect(
      pipeline({ adapter: saying('Hi'), layers: [giving as never] }).complete(request),
    ).rejects.toMatchObject({
      layer: 'late',
      rule: 'P4',
    })
  })

  it('P4: a fact that is not declared cannot be given', async () => {
    const sneaky = middleware({ name: 'sneaky', provide: (call) => call.give(tenantFact, 'acme') })
    const error = await pipeline(saying(), sneaky)(request).catch((thrown) => thrown)
    expect(error).toBeInstanceOf(ContractError)
    expect(error.message).toBe('sneaky: gave the fact tenant without declaring it in `gives` (rule P4)')
  })
})

describe('P7: hooks sit just outside the handle', () => {
  it('P7: the hooks of a layer see what its own handle made of the answer', async () => {
    const seen: string[] = []
    const loud = shouting('loud')
    const watching = {
      ...loud['~spec'],
      event: (_call: unknown, event: StreamEvent) => void seen.push(JSON.stringify(event)),
    }
    await pipeline({ adapter: saying('quiet'), layers: [{ ...loud, '~spec': watching } as typeof loud] }).complete(
      request,
    )
    expect(seen[0]).toBe(JSON.stringify({ ...text('quiet'), text: 'QUIET' }))
  })

  it.each([
    ['throws before next', async () => Promise.reject(new Error('no'))],
    [
      'throws after next',
      async (call: Call, next: (call: Call) => Promise<Reply>) => {
        await next(call)
        throw new Error('no')
      },
    ],
    ['returns nothing', async () => undefined as never],
    ['answers by itself', async () => Reply.from(said('mine'))],
  ])('P7: what start took, end gives back, whatever the handle does: it %s', async (_what, handle) => {
    const held = new Set<string>()
    const lock = middleware({
      name: 'lock',
      start: (call) => {
        held.add(call.id)
        return call.id
      },
      handle,
      end: (_call, _ending, id) => void held.delete(id),
    })
    await pipeline(saying('Hi'), lock)
      .complete(request)
      .catch(() => undefined)
    expect(held.size).toBe(0)
  })
})
