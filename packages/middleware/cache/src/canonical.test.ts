import { OptionError } from '@cepa/core'
import canonicalize from 'canonicalize'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalForm } from './canonical.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const form = (value: unknown): string => canonicalForm(value, hex)

/** The same value with the fields of every object in another order, and with fields that are `undefined`. */
function shuffled(value: unknown, turn = 0): unknown {
  if (Array.isArray(value)) return value.map((each) => shuffled(each, turn + 1))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([name, each]) => [name, shuffled(each, turn + 1)] as const)
  const moved = [...entries.slice(entries.length / 2), ...entries.slice(0, entries.length / 2)].reverse()
  return Object.fromEntries([...moved, [`absent-${turn}`, undefined]])
}

describe('the canonical form', () => {
  test('is that of the reference implementation of RFC 8785', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        expect(form(value)).toBe(canonicalize(value))
      }),
      { numRuns: 2000 },
    )
  })

  test('says the same whatever the order of fields, and whatever is undefined', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        expect(form(shuffled(value))).toBe(form(value))
      }),
    )
  })

  test('loses nothing: it parses to what JSON makes of the value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        expect(JSON.parse(form(value))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  test('has the numbers and the order of the examples in the RFC', () => {
    const numbers = { numbers: [Number('333333333.33333329'), 1e30, 4.5, 2e-3, 0.000000000000000000000000001] }
    expect(form(numbers)).toBe('{"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27]}')
    expect(form({ '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 })).toBe(
      '{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}',
    )
    expect(form({ 10: 'a', 9: 'b' })).toBe('{"10":"a","9":"b"}')
  })

  test('-0 is 0, an undefined field is absent, an undefined item is null, a lone surrogate is escaped', () => {
    expect(form({ a: -0, b: undefined, c: [undefined, -0] })).toBe('{"a":0,"c":[null,0]}')
    expect(form('\ud83d')).toBe('"\\ud83d"')
    expect(form({ '\ud83d': 1 })).toBe('{"\\ud83d":1}')
  })

  test('a date, an address and what else says its own JSON is what that says', () => {
    expect(form({ at: new Date(0), to: new URL('https://example.com/a') })).toBe(
      '{"at":"1970-01-01T00:00:00.000Z","to":"https://example.com/a"}',
    )
    expect(form({ at: new Date(0) })).toBe(form({ at: '1970-01-01T00:00:00.000Z' }))
  })

  test('bytes are told by their digest, in a form that no other value has', () => {
    const bytes = Uint8Array.of(1, 255)
    expect(form({ bytes })).toBe('{"bytes":bytes"01ff"}')
    expect(form(Buffer.from(bytes))).toBe(form(bytes))
    expect(form(bytes.buffer)).toBe(form(bytes))
    expect(form('bytes"01ff"')).not.toBe(form(bytes))
    expect(form(Uint8Array.of(1, 254))).not.toBe(form(bytes))
  })

  test('an object of a class is its own fields, as JSON has it', () => {
    class Message {
      readonly role = 'user'
      readonly content = 'Hi'
      get length(): number {
        return this.content.length
      }
    }
    expect(form([new Message()])).toBe('[{"content":"Hi","role":"user"}]')
    expect(form(Object.assign(Object.create(null), { b: 1, a: 2 }))).toBe('{"a":2,"b":1}')
  })

  test.each([
    ['NaN', { temperature: Number.NaN }, 'request.temperature is NaN'],
    ['an infinity', { a: [{ b: Number.NEGATIVE_INFINITY }] }, 'request.a[0].b is -Infinity'],
    ['a bigint', { seed: 1n }, 'request.seed is a bigint'],
    ['a function', { tools: [{ name: 't' }, { execute: () => 1 }] }, 'request.tools[1].execute is a function'],
    ['a symbol', { a: Symbol('secret') }, 'request.a is a symbol'],
    ['a map', { a: new Map([['secret', 1]]) }, 'request.a is a Map'],
    ['a set', new Set(), 'request is a Set'],
    ['an error', { a: new Error('secret') }, 'request.a is a Error'],
    ['a regular expression', { a: /secret/ }, 'request.a is a RegExp'],
    ['a promise', { a: Promise.resolve() }, 'request.a is a Promise'],
    ['numbers that are no bytes', { a: Float32Array.of(1) }, 'request.a is a Float32Array'],
    ['a date that is none', { a: new Date(Number.NaN) }, 'request.a is an object that cannot say itself as JSON'],
  ])('refuses %s, with the place and not the value', (_what, value, message) => {
    const refused = (): string => form(value)
    expect(refused).toThrow(OptionError)
    expect(refused).toThrow(message)
    expect(refused).not.toThrow('secret')
  })

  test('refuses an object that refers to itself', () => {
    const request: { self?: unknown } = {}
    request.self = { request }
    expect(() => form(request)).toThrow('nested deeper than 200 levels, or refers to itself')
    let deep: unknown = 'x'
    for (let level = 0; level < 200; level++) deep = [deep]
    expect(form(deep)).toHaveLength(403)
  })
})
