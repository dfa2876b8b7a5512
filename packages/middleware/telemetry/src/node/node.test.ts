import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { type CallRecord, type GroupRecord, pipeline, type RecordedNote } from '@cepa/core'
import { collect, fakeProvider, memoryExporter, outcomeOf, telemetryFindings, virtualClock } from '@cepa/testing'
import { afterEach, describe, expect, test } from 'vitest'
import { group, telemetry as portable } from '../index.ts'
import { CHANNELS, groupScope, telemetry } from './index.ts'

const request = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] } as const

describe('the diagnostics channels', () => {
  const heard: { readonly [K in keyof typeof CHANNELS]: unknown[] } = { call: [], group: [], note: [] }
  const listeners = (['call', 'group', 'note'] as const).map((type) => {
    const listener = (message: unknown) => void heard[type].push(message)
    return { type, listener }
  })
  afterEach(() => {
    for (const { type, listener } of listeners) unsubscribe(CHANNELS[type], listener)
    for (const messages of Object.values(heard)) messages.length = 0
  })

  test.each([
    ['this entry', telemetry],
    ['the main entry', portable],
  ])('carry records, groups and notes of %s to who knows nothing of Cepa, each once', async (_, telemetry) => {
    for (const { type, listener } of listeners) subscribe(CHANNELS[type], listener)
    const clock = virtualClock()
    const watch = telemetry({ clock, level: 'off', sample: { ratio: 0 }, capture: 'all' })
    const chat = pipeline({ adapter: fakeProvider('Hi'), layers: [watch], clock })
    const run = group('agent', { clock })
    const attributes = { key: 'sk-proj-abcdefgh' }
    await clock.runUntil(collect(chat(request, { parent: run, attributes })))
    run.end()
    expect(heard.call).toEqual([])
    await clock.advance(5)
    const [record] = heard.call as [CallRecord]
    expect(record).toMatchObject({ schema: 'cepa.call/1', ending: 'done', attributes: { key: '[redacted]' } })
    expect(record.content).toBeUndefined()
    expect(Object.isFrozen(record)).toBe(true)
    expect((heard.group as GroupRecord[]).map(({ name, calls }) => [name, calls])).toEqual([['agent', 1]])
    expect((heard.note as RecordedNote[]).map(({ name }) => name)).toEqual([
      'call-start',
      'attempt-start',
      'first-token',
      'attempt-end',
    ])
    const items = [
      { type: 'call', record },
      ...(heard.note as RecordedNote[]).map((note) => ({ type: 'note', note }) as const),
    ] as const
    expect(telemetryFindings(items)).toEqual([])
  })

  test('cost nothing while nobody subscribes', async () => {
    const clock = virtualClock()
    const watch = telemetry({ clock, metrics: { enabled: false } })
    await clock.runUntil(collect(pipeline({ adapter: fakeProvider('Hi'), layers: [watch], clock })(request)))
    expect(clock.pending).toEqual([])
    expect(watch.stats()).toMatchObject({ records: 0 })
  })
})

describe('a group scope', () => {
  function bench() {
    const clock = virtualClock()
    const scope = groupScope()
    const exporter = memoryExporter()
    const watch = telemetry({ exporters: [exporter], clock, scope })
    const chat = pipeline({ adapter: fakeProvider({ everyMs: 10, text: 'a b' }), layers: [watch], clock })
    return { clock, scope, exporter, chat, flush: () => clock.runUntil(watch.flush()) }
  }

  test('finds the group of a call, however deep and concurrent', async () => {
    const { clock, scope, exporter, chat, flush } = bench()
    const deep = async (label: string) => {
      await null
      await collect(chat(request, { attributes: { label } }))
    }
    const work = ['one', 'two'].map((name) =>
      scope.run(name, async (run) => {
        expect(scope.active()).toBe(run)
        await Promise.all([deep(name), scope.run(`${name}.inner`, () => deep(name))])
      }),
    )
    await clock.runUntil(Promise.all(work))
    await clock.runUntil(collect(chat(request, { attributes: { label: 'none' } })))
    await flush()
    expect(scope.active()).toBeUndefined()
    const seen = exporter.records.map(({ groups, attributes }) => [attributes.label, groups?.map(({ name }) => name)])
    expect(seen).toEqual(
      expect.arrayContaining([
        ['one', ['one']],
        ['one', ['one', 'one.inner']],
        ['two', ['two']],
        ['two', ['two', 'two.inner']],
        ['none', undefined],
      ]),
    )
    expect(exporter.groups.map(({ name, calls, ending }) => [name, calls, ending]).toSorted()).toEqual([
      ['one', 2, 'done'],
      ['one.inner', 1, 'done'],
      ['two', 2, 'done'],
      ['two.inner', 1, 'done'],
    ])
    expect(telemetryFindings(exporter.items)).toEqual([])
  })

  test('a parent that the caller names is the one', async () => {
    const { clock, scope, exporter, chat, flush } = bench()
    const own = group('own', { clock })
    await clock.runUntil(scope.run('around', () => collect(chat(request, { parent: own }))))
    await flush()
    expect(exporter.last.groups?.map(({ name }) => name)).toEqual(['own'])
  })

  test('ends the group by what its work threw, at once or later', async () => {
    const { clock, scope, exporter, chat, flush } = bench()
    const failing = async () => {
      await collect(chat(request))
      throw new TypeError('gave up')
    }
    expect(await clock.runUntil(outcomeOf(scope.run('fails', failing)))).toMatchObject({
      error: { message: 'gave up' },
    })
    expect(() =>
      scope.run('throws', () => {
        throw new Error('at once')
      }),
    ).toThrow('at once')
    expect(scope.run('is quick', () => 5)).toBe(5)
    await flush()
    expect(exporter.groups).toMatchObject([{ name: 'fails', ending: 'failed', error: { name: 'TypeError' }, calls: 1 }])
  })
})
