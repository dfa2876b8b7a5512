import fc from 'fast-check'
import { describe, expect, expectTypeOf, it } from 'vitest'
import {
  anyOf,
  anything,
  checkOptions,
  dataOf,
  flag,
  func,
  group,
  having,
  integer,
  list,
  Named,
  number,
  OptionError,
  type OptionRules,
  oneOf,
  type Rule,
  record,
  required,
  text,
} from './index.ts'

const problemOf = (rules: Record<string, Rule<never>> | object, given: unknown): string => {
  try {
    checkOptions<object, OptionRules<object>>('thing', rules as OptionRules<object>, given as object)
    return ''
  } catch (error) {
    expect(error).toBeInstanceOf(OptionError)
    expect(error).toMatchObject({ code: 'CEPA_OPTION', owner: 'thing' })
    return (error as Error).message
  }
}

describe('X1: options are checked by rules', () => {
  it.each<[string, Rule<never>, readonly unknown[], readonly [unknown, string][]]>([
    [
      'integer',
      integer({ min: 1, max: 9 }) as never,
      [1, 9],
      [
        [0, '0; it must be an integer from 1 to 9'],
        [1.5, '1.5; it must be an integer from 1 to 9'],
        [Number.NaN, 'NaN; it must be an integer from 1 to 9'],
        ['5', '"5"; it must be an integer from 1 to 9'],
        [5n, '5; it must be an integer from 1 to 9'],
      ],
    ],
    ['integer without bounds', integer() as never, [-5, 0], [[2 ** 60, '1152921504606847000; it must be an integer']]],
    [
      'number',
      number({ min: 0 }) as never,
      [0, 0.5],
      [
        [-1, '-1; it must be a number of at least 0'],
        [Number.POSITIVE_INFINITY, 'Infinity; it must be a number of at least 0'],
      ],
    ],
    ['number with a ceiling', number({ max: 1 }) as never, [-9, 1], [[2, '2; it must be a number of at most 1']]],
    [
      'flag',
      flag() as never,
      [true, false],
      [
        [0, '0; it must be true or false'],
        ['yes', '"yes"; it must be true or false'],
      ],
    ],
    [
      'text',
      text() as never,
      ['a'],
      [
        ['', '""; it must be a string that is not empty'],
        [null, 'null; it must be a string that is not empty'],
      ],
    ],
    [
      'text of a form',
      text({ pattern: /^\d+$/, expects: 'digits' }) as never,
      ['12'],
      [['a'.repeat(80), `"${'a'.repeat(58)}…; it must be digits`]],
    ],
    ['oneOf', oneOf(['a', 'b', 3]) as never, ['a', 3], [['c', '"c"; it must be one of "a", "b", 3']]],
    ['func', func() as never, [() => 1, class {}], [['f', '"f"; it must be a function']]],
    [
      'having',
      having<{ log(): void; flush(): void }>('log', 'flush') as never,
      [{ log() {}, flush() {} }],
      [
        [{ log() {} }, 'an object; it must be an object with log(), flush()'],
        [null, 'null; it must be an object with log(), flush()'],
      ],
    ],
    [
      'list',
      list(integer({ min: 0 })) as never,
      [[], [0, 1]],
      [[5, '5; it must be a list, each item an integer of at least 0']],
    ],
    [
      'record',
      record(text()) as never,
      [{}, { a: 'b' }],
      [[['a'], 'a list; it must be an object, each value a string that is not empty']],
    ],
    [
      'anyOf',
      anyOf(oneOf([false]), integer()) as never,
      [false, 3],
      [[true, 'true; it must be one of false, or an integer']],
    ],
    ['anything', anything<number>('what you like') as never, [null, 0, ''], []],
  ])('X1: %s', (...[, rule, right, wrong]) => {
    for (const value of right) expect(problemOf({ field: rule }, { field: value })).toBe('')
    for (const [value, message] of wrong) {
      expect(problemOf({ field: rule }, { field: value })).toBe(`thing: option field is ${message}`)
    }
  })

  it('X1: what is wrong within a value is named by its path', () => {
    const rules = {
      limits: group<{ perKind: Record<string, number> }>({ perKind: record(integer({ min: 1 })) }),
      steps: list(group<{ ms: number }>({ ms: number({ min: 0 }) })),
    }
    expect(problemOf(rules, { limits: { perKind: { a: 1, b: 0 } } })).toBe(
      'thing: option limits.perKind.b is 0; it must be an integer of at least 1',
    )
    expect(problemOf(rules, { limits: { perkind: {} } })).toBe(
      'thing: option limits.perkind is given; there is no such option (known: limits, steps)',
    )
    expect(problemOf(rules, { limits: 5 })).toBe('thing: option limits is 5; it must be an object with perKind')
    expect(problemOf(rules, { steps: [{ ms: 1 }, { ms: -1 }] })).toBe(
      'thing: option steps.1.ms is -1; it must be a number of at least 0',
    )
  })

  it.each([
    ['attemtps', 'attempts'],
    ['attempt', 'attempts'],
    ['maxattempts', 'attempts'],
    ['delay', 'delayMs'],
    ['nothingLikeIt', undefined],
  ])('X1: %s, which there is not, is told with what may be meant: %s', (field, meant) => {
    const rules = { attempts: integer(), delayMs: number() }
    expect(problemOf(rules, { [field]: 1 })).toBe(
      `thing: option ${field} is given; there is no such option${meant ? `; did you mean ${meant}?` : ''} (known: attempts, delayMs)`,
    )
  })

  it('X1: names of Object’s own are no options', () => {
    for (const field of ['constructor', 'toString', 'hasOwnProperty'])
      expect(problemOf({ attempts: integer() }, { [field]: 1 })).toContain('there is no such option')
  })

  it('X1: options are an object', () => {
    for (const given of [5, 'a', [], null])
      expect(problemOf({}, given)).toMatch(/^thing: option \(all\) is .*; options are an object$/)
    expect(problemOf({}, undefined)).toBe('')
  })

  it('X1: a secret is never shown, wherever it stands', () => {
    const secret = 'sk-very-secret'
    const key = text({ secret: true, pattern: /^key-/ })
    const cases: [object, object][] = [
      [{ key }, { key: secret }],
      [{ keys: list(key) }, { keys: [secret] }],
      [{ keys: record(key) }, { keys: { a: secret } }],
      [{ auth: group<{ key: string }>({ key }) }, { auth: { key: secret } }],
      [{ key: anyOf(key, func()) }, { key: secret }],
    ]
    for (const [rules, given] of cases) {
      const message = problemOf(rules, given)
      expect(message).toContain('is a string; it must be')
      expect(message).not.toContain(secret)
    }
    const right = 'key-very-secret'
    const shown = [
      dataOf({ key }, { key: right }),
      dataOf<{ keys: readonly string[] }>({ keys: list(key) }, { keys: [right] }),
      dataOf<{ keys: Readonly<Record<string, string>> }>({ keys: record(key) }, { keys: { a: right } }),
      dataOf({ auth: group<{ key: string }>({ key }) }, { auth: { key: right } }),
      dataOf<{ key: string | (() => string) }>({ key: anyOf(key, func<() => string>()) }, { key: right }),
    ]
    expect(shown).toEqual([
      { key: new Named('(secret)') },
      { keys: new Named('(secret)') },
      { keys: new Named('(secret)') },
      { auth: { key: new Named('(secret)') } },
      { key: new Named('(secret)') },
    ])
  })

  it('X1: defaults are filled in, and known to the types', () => {
    interface Options {
      readonly attempts?: number
      readonly mode?: 'a' | 'b'
      readonly name?: string
    }
    const rules = {
      attempts: integer({ min: 1, default: 3 }),
      mode: oneOf(['a', 'b'], { default: 'a' }),
      name: text(),
    } satisfies OptionRules<Options>
    const checked = checkOptions<Options, typeof rules>('thing', rules, { attempts: 5 })
    expectTypeOf(checked.attempts).toEqualTypeOf<number>()
    expectTypeOf(checked.mode).toEqualTypeOf<'a' | 'b'>()
    expectTypeOf(checked.name).toEqualTypeOf<string | undefined>()
    expect(checked).toEqual({ attempts: 5, mode: 'a' })
    expect(checkOptions<Options, typeof rules>('thing', rules, undefined)).toEqual({ attempts: 3, mode: 'a' })
    expect(checkOptions<Options, typeof rules>('thing', rules, { attempts: undefined } as never)).toEqual({
      attempts: 3,
      mode: 'a',
    })
  })

  it('X1: what must be given must be given', () => {
    const rules = { scope: required(anyOf(oneOf(['shared']), func())), key: required(text({ secret: true })) }
    expect(problemOf(rules, {})).toBe('thing: option scope is undefined; it must be one of "shared", or a function')
    expect(problemOf(rules, undefined)).toContain('option scope is undefined')
    expect(problemOf(rules, { scope: 'shared' })).toBe(
      'thing: option key is undefined; it must be a string that is not empty',
    )
    expect(problemOf(rules, { scope: 'shared', key: 'k' })).toBe('')
    expect(problemOf({ inner: group<{ a: number }>({ a: required(integer()) }) }, { inner: {} })).toBe(
      'thing: option inner.a is undefined; it must be an integer',
    )
  })

  it('X1: what is checked is data or functions; the data part can be shown', () => {
    interface Options {
      readonly attempts?: number
      readonly key?: string
      readonly onRetry?: () => void
      readonly scope?: 'shared' | (() => string)
      readonly store?: { get(): void; ttlMs: number }
    }
    const rules = {
      attempts: integer(),
      key: text({ secret: true }),
      onRetry: func<() => void>(),
      scope: anyOf(oneOf(['shared']), func<() => string>()),
      store: group<{ get(): void; ttlMs: number }>({ get: func<() => void>(), ttlMs: number() }),
    } satisfies OptionRules<Options>
    const get = () => undefined
    expect(
      dataOf<Options>(rules, { attempts: 3, key: 'k', onRetry: get, scope: 'shared', store: { get, ttlMs: 5 } }),
    ).toEqual({
      attempts: 3,
      key: new Named('(secret)'),
      scope: 'shared',
      store: { ttlMs: 5 },
    })
    expect(dataOf<Options>(rules, { scope: () => 'tenant' })).toEqual({})
  })

  it('X1: whatever is given, it is accepted or refused by an OptionError that does not show too much', () => {
    const rules = {
      n: integer({ min: 0 }),
      t: text(),
      l: list(flag()),
      r: record(number()),
      g: group<{ a?: number }>({ a: number() }),
      f: func(),
    }
    const fields = fc.constantFrom(...Object.keys(rules), 'x')
    fc.assert(
      fc.property(fc.dictionary(fields, fc.anything()), (given) => {
        expect(problemOf(rules, given).length).toBeLessThan(400)
      }),
      { numRuns: 500 },
    )
  })
})
