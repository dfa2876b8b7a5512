import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { plainData } from './plain-data.ts'
import { redactText } from './redactor.ts'

describe('plain data', () => {
  test('is what JSON would say, for what JSON can say', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const plain = plainData(value)
        expect(plain).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  test('can always be said in JSON, and shares nothing', () => {
    const withEverything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withNullPrototype: true,
      withSparseArray: true,
    })
    fc.assert(
      fc.property(withEverything, (value) => {
        const plain = plainData(value)
        expect(plain === undefined ? undefined : JSON.parse(JSON.stringify(plain))).toEqual(plain)
        if (typeof value === 'object' && value !== null) expect(plain).not.toBe(value)
      }),
    )
  })

  test('says what has no JSON in words', () => {
    const circular: Record<string, unknown> = { name: 'a' }
    circular.self = circular
    const trap: { fine: number; broken?: unknown } = Object.defineProperty({ fine: 1 }, 'broken', {
      enumerable: true,
      get: () => {
        throw new Error('no')
      },
    })
    expect(
      plainData({
        big: 10n,
        nan: Number.NaN,
        date: new Date(0),
        bytes: new Uint8Array(3),
        buffer: new ArrayBuffer(4),
        map: new Map([['a', new Set([1])]]),
        error: Object.assign(new TypeError('bad'), { code: 'E_BAD', headers: { authorization: 'x' } }),
        url: new URL('https://host/path'),
        run: () => 1,
        absent: undefined,
        list: [undefined, () => 1],
        circular,
        trap,
        hostile: { toJSON: () => trap.broken },
      }),
    ).toEqual({
      big: '10',
      nan: 'NaN',
      date: '1970-01-01T00:00:00.000Z',
      bytes: '(3 bytes)',
      buffer: '(4 bytes)',
      map: { a: [1] },
      error: { name: 'TypeError', message: 'bad', code: 'E_BAD' },
      url: 'https://host/path',
      list: [null, null],
      circular: { name: 'a', self: '(circular)' },
      trap: { fine: 1 },
    })
  })

  test('leaves out the values of secret names', () => {
    const headers = { Authorization: 'Bearer a', 'x-api-key': 'b', accept: 'c' }
    expect(plainData({ headers, password: { nested: 'd' }, apiKey: undefined })).toEqual({
      headers: { Authorization: '[redacted]', 'x-api-key': '[redacted]', accept: 'c' },
      password: '[redacted]',
    })
  })

  test('ends, however deep or often shared', () => {
    let deep: unknown = 'end'
    for (let level = 0; level < 10_000; level++) deep = { deep }
    expect(JSON.stringify(plainData(deep))).toContain('(too deep)')
    const shared = { a: 1 }
    expect(plainData([shared, shared])).toEqual([{ a: 1 }, { a: 1 }])
  })
})

test('redactText changes every text, names too, and leaves what was given as it is', () => {
  const content = { 'ann@a.org': ['write to bob@b.org', { deep: 'eve@e.org', count: 3 }] }
  const before = structuredClone(content)
  const redact = redactText((text) => text.replace(/\w+@[\w.]+/g, '(e-mail)'))
  expect(redact(content, 'request')).toEqual({ '(e-mail)': ['write to (e-mail)', { deep: '(e-mail)', count: 3 }] })
  expect(content).toEqual(before)
})
