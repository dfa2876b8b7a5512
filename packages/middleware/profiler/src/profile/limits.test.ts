import type { CallTimes, SelfTime } from '@cepa/core'
import { describe, expect, test } from 'vitest'
import { CallProfile } from './call-profile.ts'
import { countText, durationText, shareText } from './quantities.ts'
import { reportText } from './report-text.ts'
import { SeriesTable } from './series-table.ts'
import { type StackPlace, StackPlaces } from './stack-places.ts'

const row = (pipeline: string, layer: string): SelfTime => ({ pipeline, layer, hook: 'end', ms: 1, runs: 1 })

const see = (places: StackPlaces, pipeline: string, layers: readonly string[]): readonly StackPlace[] => {
  let place: StackPlace | undefined
  return layers.map((layer) => {
    place = places.of(row(pipeline, layer), place)
    return place
  })
}

describe('models that are too many', () => {
  const namesOf = (table: SeriesTable) => table.entries.map(({ provider, model }) => `${provider}/${model}`)

  test('count as other, under their provider where that is a known one', () => {
    const table = new SeriesTable(2)
    const asked = ['a/1', 'b/1', 'a/2', 'b/2', 'c/1', 'a/1', 'c/2', 'a/3']
    const series = asked.map((name) => {
      const [provider = '', model = ''] = name.split('/')
      return table.at({ provider, model })
    })
    expect(namesOf(table)).toEqual(['a/1', 'b/1', 'a/other', 'b/other', 'other/other'])
    expect(series.map((each) => namesOf(table)[table.entries.findIndex((entry) => entry.series === each)])).toEqual([
      'a/1',
      'b/1',
      'a/other',
      'b/other',
      'other/other',
      'a/1',
      'other/other',
      'a/other',
    ])
    expect(table.overflow).toBe(5)
  })

  test('are bounded for any names, and long names are cut', () => {
    const table = new SeriesTable(10)
    for (let call = 0; call < 5000; call++)
      table.at({ provider: `p${call % 100}`, model: `m${call}`.padEnd(1000, 'x') })
    expect(table.entries.length).toBeLessThanOrEqual(21)
    expect(Math.max(...namesOf(table).map((name) => name.length))).toBeLessThan(300)
    const [first] = table.entries
    expect(table.at({ provider: 'p0', model: 'm0'.padEnd(1000, 'x') })).toBe(first?.series)
  })

  test('are told of below the table', () => {
    const profile = new CallProfile(1)
    const times = {
      self: [],
      providerMs: 1,
      consumerMs: 0,
      wallMs: 1,
      events: 0,
      timedEvents: 0,
    } as object as CallTimes
    for (const model of ['a', 'b', 'c'])
      profile.add({
        answerer: { provider: 'p', model },
        times,
        call: {} as never,
        requestId: undefined,
        ending: 'done',
      })
    expect(profile.report('model')).toMatchObject({
      overflow: 2,
      groups: [{ calls: 1 }, { calls: 2 }],
      total: { calls: 3 },
    })
  })
})

describe('the places of layers', () => {
  test('are in stack order, whichever layers calls come to first', () => {
    const places = new StackPlaces()
    see(places, 'chat', ['b', 'd'])
    see(places, 'nested', ['z'])
    see(places, 'chat', ['a', 'b', 'c', 'd', 'e'])
    see(places, 'nested', ['y', 'z'])
    expect(places.ordered.map(({ pipeline, layer }) => `${pipeline}.${layer}`)).toEqual([
      'chat.a',
      'chat.b',
      'chat.c',
      'chat.d',
      'chat.e',
      'nested.y',
      'nested.z',
    ])
  })

  test('keep their id', () => {
    const places = new StackPlaces()
    const [one] = see(places, 'chat', ['b'])
    see(places, 'chat', ['a', 'b'])
    expect(see(places, 'chat', ['b'])).toEqual([one])
    expect(new Set(places.ordered.map(({ id }) => id)).size).toBe(2)
  })

  test('are no more than 256 and one for all others', () => {
    const places = new StackPlaces()
    for (let pipeline = 0; pipeline < 400; pipeline++) see(places, `p${pipeline}`, ['a', 'b'])
    expect(places.ordered).toHaveLength(257)
    expect(places.ordered.at(-1)).toMatchObject({ pipeline: 'other', layer: 'other' })
    expect(see(places, 'p399', ['a', 'b']).map(({ id }) => id)).toEqual([256, 256])
  })
})

test.each([
  [0, '0'],
  [0.000_012, '12 ns'],
  [0.000_999_9, '1.00 µs'],
  [0.012_34, '12.3 µs'],
  [0.999_9, '1.00 ms'],
  [5, '5.00 ms'],
  [99.96, '100 ms'],
  [999.9, '1.00 s'],
  [61_234, '61.2 s'],
  [7_200_000, '2.00 h'],
])('%d ms are %s', (ms, shown) => expect(durationText(ms)).toBe(shown))

test('a table says how many events were timed one by one, and what is not accounted for', () => {
  const profile = new CallProfile(1)
  const times = { self: [row('chat', 'a')], providerMs: 7, consumerMs: 1, wallMs: 10, events: 2000, timedEvents: 40 }
  profile.add({
    answerer: { provider: 'p', model: 'm' },
    times: times as object as CallTimes,
    call: {} as never,
    requestId: undefined,
    ending: 'done',
  })
  const lines = reportText(profile.report(), false).split('\n')
  expect(lines[0]).toBe('1 call, 2,000 events (40 timed one by one)')
  expect(lines.at(-1)).toBe('layers, provider and consumer are 90.0 % of the wall time')
})

test('counts have groups, shares are percent', () => {
  expect([0, 999, 1000, 1_234_567].map(countText)).toEqual(['0', '999', '1,000', '1,234,567'])
  expect([0, 0.1234, 1].map(shareText)).toEqual(['0.0 %', '12.3 %', '100.0 %'])
})
