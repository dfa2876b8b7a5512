import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { handling, request, saying } from '../test/onion.ts'
import {
  type AnyMiddleware,
  type Explanation,
  fact,
  type Layer,
  middleware,
  Named,
  OptionError,
  pipeline,
  route,
  StackError,
  stack,
  type Traits,
} from './index.ts'

const idFact = fact<string, 'id', 'in'>('id', 'in')
const usedFact = fact<number, 'used', 'out'>('used', 'out')

const adapter = saying('Hi')
const givesId = (name = 'givesId') => middleware({ name, gives: [idFact], provide: (call) => call.give(idFact, '1') })
const needsId = middleware({ name: 'needsId', reads: [idFact] })
const mayUseId = middleware({ name: 'mayUseId', reads: [idFact.optional] })
const givesUsed = (name = 'givesUsed') => middleware({ name, gives: [usedFact] })
const readsUsed = middleware({ name: 'readsUsed', reads: [usedFact] })
const plain = middleware({ name: 'plain' })
const trait = (name: string, traits: Traits) => middleware({ name, traits })

/** Assembles layers as JavaScript does: without the compiler's check. */
const assemble = (layers: readonly Layer[], allow: readonly string[] = []) =>
  pipeline({ adapter, layers: layers as readonly [], allow })
const problemOf = (layers: readonly Layer[], allow?: readonly string[]): string => {
  try {
    assemble(layers, allow)
    return 'assembled'
  } catch (error) {
    expect(error).toBeInstanceOf(StackError)
    expect(error).toMatchObject({ code: 'CEPA_STACK' })
    return (error as Error).message
  }
}

const permutations = <T>(items: readonly T[]): T[][] =>
  items.length === 0
    ? [[]]
    : items.flatMap((item, index) => permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]))

describe('P5: facts order a stack, checked at assembly', () => {
  it.each<[string, readonly Layer[], string]>([
    ['a giver further out', [givesId(), plain, needsId], 'assembled'],
    [
      'nobody gives a required in-fact',
      [plain, needsId],
      'needsId needs the fact id from further out, and no layer of the stack gives it',
    ],
    [
      'the giver stands further in',
      [plain, needsId, givesId()],
      'needsId reads the fact id from further out, and givesId, which gives it, stands further in. ' +
        'An order that works, outermost first: plain, givesId, needsId',
    ],
    ['one of two givers stands further out', [givesId(), needsId, givesId('again')], 'assembled'],
    ['an optional in-fact that nobody gives', [mayUseId], 'assembled'],
    ['an optional in-fact, given further out', [givesId(), mayUseId], 'assembled'],
    [
      'an optional in-fact, given further in only',
      [mayUseId, givesId(), givesId('again')],
      'mayUseId reads the fact id from further out, and givesId and again, which give it, stand further in. ' +
        'An order that works, outermost first: givesId, mayUseId, again',
    ],
    ['an out-fact that nobody gives', [readsUsed], 'assembled'],
    ['an out-fact, given further in', [readsUsed, givesUsed()], 'assembled'],
    [
      'an out-fact, given further out only',
      [givesUsed(), plain, readsUsed],
      'readsUsed reads the fact used from further in, and givesUsed, which gives it, stands further out. ' +
        'An order that works, outermost first: plain, readsUsed, givesUsed',
    ],
    ['one of two givers stands further in', [givesUsed(), readsUsed, givesUsed('again')], 'assembled'],
    ['what is left out by a condition does not count', [false, null, undefined, plain], 'assembled'],
    [
      'a giver that is left out',
      [false, needsId],
      'needsId needs the fact id from further out, and no layer of the stack gives it',
    ],
    ['two layers of one name', [plain, plain], 'two layers are called plain; give one of them another `name`'],
  ])('P5: %s', (_what, layers, expected) => {
    expect(problemOf(layers)).toBe(expected)
  })

  it('P5: facts that no order satisfies give no order', () => {
    const a = middleware({ name: 'a', reads: [idFact], gives: [usedFact] })
    const b = middleware({ name: 'b', reads: [usedFact], gives: [idFact] })
    // b gives what a needs, so it stands outside; it reads what a gives, so a stands inside: that works
    expect(problemOf([a, b])).toMatch(/An order that works, outermost first: b, a$/)
    const keyFact = fact<string, 'key', 'in'>('key', 'in')
    const c = middleware({ name: 'c', reads: [idFact], gives: [keyFact] })
    const d = middleware({ name: 'd', reads: [keyFact], gives: [idFact] })
    expect(problemOf([c, d])).toBe('c reads the fact id from further out, and d, which gives it, stands further in')
  })

  it('P5: what is no layer is refused with its position', () => {
    expect(problemOf([plain, (() => plain) as unknown as Layer])).toBe(
      'layer 2 is no middleware but a function; call the factory: name()',
    )
    expect(problemOf([{} as Layer])).toBe('layer 1 is no middleware but an object')
    expect(() => pipeline({ adapter, layers: plain as never })).toThrow(OptionError)
  })

  it('P5: a shared stack is checked where it is used', () => {
    const shared = stack(needsId, plain)
    expect(problemOf([givesId(), ...shared])).toBe('assembled')
    expect(problemOf([...shared, givesId()])).toMatch(/^needsId reads the fact id/)
  })

  it('P5: an order that it says works, works, and it finds one where there is one (any stack)', () => {
    const keys = ['a', 'b', 'c'].flatMap((name) => [
      fact<string, string, 'in'>(`${name}In`, 'in'),
      fact<string, string, 'out'>(`${name}Out`, 'out'),
    ])
    const some = fc.subarray(
      keys.map((_, index) => index),
      { maxLength: 2 },
    )
    const layer = fc.record({
      reads: some,
      optional: fc.boolean(),
      gives: some,
      repeats: fc.boolean(),
      stores: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(layer, { maxLength: 5 }), (specs) => {
        const layers = specs.map(({ reads, optional, gives, repeats, stores }, index) =>
          middleware({
            name: `layer${index}`,
            reads: reads.map((key) => (optional ? keys[key]?.optional : keys[key]) as (typeof keys)[number]),
            gives: gives.map((key) => keys[key] as (typeof keys)[number]),
            traits: { repeats, stores },
          }),
        ) as object as AnyMiddleware[]
        const order = /An order that works, outermost first: (.*)$/.exec(problemOf(layers))?.[1]?.split(', ')
        if (order === undefined) {
          expect(permutations(layers).some((each) => problemOf(each) === 'assembled')).toBe(
            problemOf(layers) === 'assembled',
          )
          return
        }
        const byName = new Map(layers.map((each) => [each.name, each]))
        expect(problemOf(order.map((name) => byName.get(name) as AnyMiddleware))).toBe('assembled')
      }),
      { numRuns: 300 },
    )
  })
})

describe('P8: rules with a meaning come from traits', () => {
  const cache = trait('cache', { stores: true })
  const retry = trait('retry', { repeats: true })
  const limit = trait('limit', { limits: true })
  const guard = trait('guard', { rewrites: true })
  const log = trait('log', { records: true })
  const bill = trait('bill', { accounts: true })

  it.each<[readonly Layer[], string, string]>([
    [[retry, cache], 'stores-outside-repeats', 'cache must stand outside retry: a stored answer needs no attempt'],
    [[limit, retry], 'limits-inside-repeats', 'retry must stand outside limit: the provider counts attempts'],
    [[guard, log], 'rewrites-inside-records', 'log must stand outside guard: what records must see the request'],
    [[retry, bill], 'accounts-outside-repeats', 'bill must stand outside retry: it adds up the attempts of a call'],
  ])('P8: %#: %s', (layers, rule, sentence) => {
    const message = problemOf(layers)
    expect(message).toContain(sentence)
    expect(message).toContain(`(to have it so on purpose: allow: ['${rule}'])`)
    expect(message).toMatch(/An order that works, outermost first: /)
    expect(problemOf(layers.toReversed())).toBe('assembled')
    expect(problemOf(layers, [rule])).toBe('assembled')
  })

  it('P8: names mean nothing', () => {
    expect(problemOf([trait('retry', {}), trait('cache', {}), trait('logging', {})])).toBe('assembled')
  })

  it('P8: an allowed rule leaves the others as they are', () => {
    expect(problemOf([limit, retry, cache], ['limits-inside-repeats'])).toMatch(
      /^cache must stand outside retry: .*An order that works, outermost first: limit, cache, retry$/,
    )
  })

  it('P8: only rules that there are can be allowed', () => {
    expect(() => assemble([], ['anything-goes'])).toThrow(
      'pipeline: option allow.0 is "anything-goes"; it must be one of "stores-outside-repeats", "limits-inside-repeats", "rewrites-inside-records", "accounts-outside-repeats"',
    )
  })
})

describe('explain', () => {
  const told = middleware({
    name: 'told',
    reads: [idFact],
    gives: [usedFact],
    data: { limitMs: 5, mode: 'x' },
    event() {},
  })
  const cache = middleware({ name: 'cache', traits: { stores: true }, handle: (call, next) => next(call) })
  const retry = middleware({
    name: 'retry',
    traits: { repeats: true },
    reads: [usedFact],
    handle: (call, next) => next(call),
  })

  it('P8: prints each rule that the stack keeps, with its reason', () => {
    const chat = pipeline({
      adapter: { ...adapter, data: { baseUrl: 'x' } },
      layers: [givesId(), cache, retry, told],
      name: 'chat',
    })
    expect(chat.explain().split('\n')).toEqual([
      'chat: 4 layers around test, outermost first',
      '   1  givesId  watches · gives id',
      '   2  cache    controls',
      '   3  retry    controls · reads used',
      '   4  told     watches · reads id · gives used · limitMs=5 mode=x',
      '   ‖  test     chat embed · baseUrl=x',
      '  cache stands outside retry: a stored answer needs no attempt, and an answer is stored once, not per attempt',
      '  retry stands outside told: facts pass between them',
      '  givesId stands outside told: facts pass between them',
    ])
  })

  it('P8: does not print a rule that is broken on purpose', () => {
    const chat = pipeline({ adapter, layers: [retry, cache], allow: ['stores-outside-repeats'] })
    expect(chat.explain()).not.toContain('stands outside')
  })

  it('tells what is no data by its name, apart from the data', () => {
    const auth = { key: new Named('(secret)'), scheme: 'bearer' }
    const mixed = middleware({
      name: 'mixed',
      data: { size: 2, store: new Named('memory'), auth, exporters: [new Named('console'), new Named('file')] },
    })
    const chat = pipeline(adapter, mixed)
    expect(chat.explain({ json: true }).layers[0]).toMatchObject({
      data: { size: 2, auth: { scheme: 'bearer' } },
      named: { store: 'memory', 'auth.key': '(secret)', exporters: ['console', 'file'] },
    })
    expect(chat.explain()).toContain(
      'size=2 auth={"scheme":"bearer"} store=memory auth.key=(secret) exporters=["console","file"]',
    )
  })

  it('as data it is safe to write as JSON', () => {
    const explained: Explanation = pipeline(adapter, givesId(), mayUseId, told).explain({ json: true })
    expect(JSON.parse(JSON.stringify(explained))).toEqual({
      name: 'test',
      layers: [
        {
          name: 'givesId',
          controls: false,
          hooks: ['provide'],
          reads: [],
          gives: ['id'],
          traits: [],
          data: {},
          named: {},
        },
        { name: 'mayUseId', controls: false, hooks: [], reads: ['id?'], gives: [], traits: [], data: {}, named: {} },
        {
          name: 'told',
          controls: false,
          hooks: ['event'],
          reads: ['id'],
          gives: ['used'],
          traits: [],
          data: { limitMs: 5, mode: 'x' },
          named: {},
        },
      ],
      rules: [
        { rule: 'facts', outer: 'givesId', inner: 'mayUseId', reason: 'it gives the fact id inward' },
        { rule: 'facts', outer: 'givesId', inner: 'told', reason: 'it gives the fact id inward' },
      ],
      adapter: { name: 'test', operations: ['chat', 'embed'], data: {}, named: {} },
    })
  })
})

describe('assemble', () => {
  it('a layer is told once what stands inside of it, and may refuse', () => {
    const told: unknown[] = []
    const asking = middleware({
      name: 'asking',
      assemble({ inside, adapter: innermost }) {
        told.push(
          inside.map(({ name }) => name),
          innermost.name,
        )
      },
    })
    pipeline(adapter, plain, asking, givesId(), needsId)
    expect(told).toEqual([['givesId', 'needsId'], 'test'])
    const refusing = middleware({
      name: 'refusing',
      assemble() {
        throw new StackError('refusing: not here')
      },
    })
    expect(problemOf([refusing])).toBe('refusing: not here')
  })

  it('P3: assemble cannot be asynchronous', () => {
    const late = middleware({ name: 'late', assemble: (async () => Promise.reject(new Error('late'))) as never })
    expect(problemOf([late])).toBe('late: its hook assemble returned a promise; stacks are put together at once')
  })
})

describe('K1: identity', () => {
  const controlling = handling('controlling', (call, next) => next(call))
  const silent = middleware({ name: 'silent', identity: '', handle: (call, next) => next(call) })
  const named = middleware({ name: 'named', identity: 'named@2' })

  it('K1: what controls counts by name unless it says otherwise, what watches does not; the adapter is last', () => {
    expect(pipeline(adapter, plain, controlling, silent, named).identity(request)).toBe('controlling > named@2 > test')
  })

  it('K1: of a nested pipeline and a route, by the request', () => {
    const inner = pipeline({ ...adapter, identity: ({ model }) => `test ${model}` }, named)
    const outer = pipeline(route({ a: inner, b: adapter }), controlling)
    expect(outer.identity({ ...request, model: 'a/x' })).toBe('controlling > a: named@2 > test x')
    expect(outer.identity({ ...request, model: 'b/x' })).toBe('controlling > b: test')
  })

  it('K1: a layer is told what decides the answer further in, as this call has it', async () => {
    const told: string[] = []
    const asking = middleware({ name: 'asking', start: (call) => void told.push(call.identity) })
    const guard = middleware({
      name: 'guard',
      traits: { rewrites: true },
      perCall: { level: { expects: 'a level', kind: 'data', accepts: (value): value is string => value === 'high' } },
      handle: (call, next) => next(call),
    })
    const nested = pipeline(adapter, guard, plain)
    const chat = pipeline(nested, controlling, asking, silent)
    await chat.complete(request)
    await chat.complete(request, { layers: { guard: false, plain: false } })
    await chat.complete(request, { layers: { guard: { level: 'high' } } })
    await chat.complete(request, { layers: { silent: false, plain: false } })
    expect(told).toEqual([
      'guard > test',
      'guard > test > without guard',
      'guard > test > guard told {"level":"high"}',
      'guard > test',
    ])
  })
})
