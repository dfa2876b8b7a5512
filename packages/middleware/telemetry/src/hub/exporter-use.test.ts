import { type Exporter, OptionError, pipeline } from '@cepa/core'
import { fakeProvider, memoryExporter } from '@cepa/testing'
import { describe, expect, test } from 'vitest'
import { telemetry } from '../index.ts'

const request = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] } as const
const exporter = memoryExporter()

describe('how an exporter is used', () => {
  test.each([
    ['a field that there is not', { exporter, fliter: { ending: 'failed' } }, 'exporters.0.fliter', 'filter'],
    ['a kind that there is not', { exporter, wants: ['calls'] }, 'exporters.0.wants.0', '"call"'],
    ['no kinds', { exporter, wants: [] }, 'exporters.0.wants', 'at least one'],
    [
      'a limit that there is not',
      { exporter, limits: { maxItems: 1 } },
      'exporters.0.limits.maxItems',
      'maxBatchItems',
    ],
    ['a limit out of bounds', { exporter, limits: { retries: -1 } }, 'exporters.0.limits.retries', 'at least 0'],
    ['a filter that is none', { exporter, filter: 'failed' }, 'exporters.0.filter', 'tests by field'],
    ['no exporter', { exporter: {} }, 'exporters.0.exporter', 'export()'],
    ['nothing of the kind', { name: 'x' }, 'exporters.0', 'an exporter'],
  ] as const)('is refused with %s, and told what would be right', (...[, use, field, remedy]) => {
    const make = () => telemetry({ exporters: [use as never] })
    expect(make).toThrow(OptionError)
    expect(make).toThrow(`telemetry: option ${field} `)
    expect(make).toThrow(remedy)
  })

  test.each([
    ['kinds', { wants: ['records'] }, 'wants'],
    ['limits', { limits: { delayMs: Number.NaN } }, 'limits.delayMs'],
  ])('is refused where the exporter itself likes impossible %s', (_, likes, field) => {
    const broken = { name: 'own', export: () => ({ ok: true }), ...likes } as Exporter
    expect(() => telemetry({ exporters: [broken] })).toThrow(`exporter own: option ${field}`)
  })

  test('may be left to the exporter, in part', async () => {
    const own = memoryExporter({ wants: ['call'], limits: { maxBatchItems: 1 } })
    const watch = telemetry({
      exporters: [{ exporter: own, wants: undefined, limits: { maxBatchItems: undefined } } as never],
    })
    const chat = pipeline(fakeProvider('Hi'), watch)
    await chat.complete(request)
    await chat.complete(request)
    await watch.flush()
    expect(own.batches).toEqual([1, 1])
  })
})

describe('exporters of one name', () => {
  test('are told apart by a number', async () => {
    const names = ['file', 'file', 'other', 'file-2', 'file']
    const watch = telemetry({ exporters: names.map((name) => memoryExporter({ name })) })
    expect(watch.stats().exporters.map(({ name }) => name)).toEqual(['file', 'file-3', 'other', 'file-2', 'file-4'])
    await watch.close()
  })

  test('also where they fail', async () => {
    const [one, two] = [memoryExporter(), memoryExporter()]
    const places: string[] = []
    const watch = telemetry({ exporters: [one, two], report: ({ where }) => places.push(where) })
    two.next({ ok: false, error: new Error('no'), retry: false })
    await pipeline(fakeProvider('Hi'), watch).complete(request)
    await watch.flush()
    expect(places).toEqual(['exporter memory-2'])
    expect(one.records).toHaveLength(1)
  })
})

describe('an exporter that makes metrics', () => {
  const counting = () => {
    const counted: string[] = []
    const own: Exporter = {
      name: 'counts',
      export: () => ({ ok: true }),
      record: ({ ending }) => void counted.push(ending),
    }
    return { own, counted }
  }

  test.each([{ level: 'off' }, { level: 'errors' }, { filter: () => false }, { sample: { ratio: 0 } }] as const)(
    'is told of every record by itself, with %o',
    async (options) => {
      const { own, counted } = counting()
      const watch = telemetry({ exporters: [{ exporter: own, filter: { ending: 'failed' } }], ...options })
      await pipeline(fakeProvider('Hi'), watch).complete(request)
      await watch.flush()
      expect(counted).toEqual(['done'])
      expect(watch.stats().exporters[0]?.delivered).toBe(0)
    },
  )

  test('is told once, also where it is given twice or handed in as an observer', async () => {
    const { own, counted } = counting()
    const watch = telemetry({ exporters: [own, { exporter: own, filter: { ending: 'failed' } }] })
    watch.observe(own)()
    await pipeline(fakeProvider('Hi'), watch).complete(request)
    await watch.flush()
    expect(counted).toEqual(['done'])
  })

  test('may throw; that is told', async () => {
    const problems: string[] = []
    const boom = () => {
      throw new Error('boom')
    }
    const own: Exporter = { name: 'throws', export: () => ({ ok: true }), record: boom }
    const watch = telemetry({
      exporters: [own],
      report: ({ where, error }) => problems.push(`${where}: ${error.message}`),
    })
    await pipeline(fakeProvider('Hi'), watch).complete(request)
    await watch.flush()
    expect(problems).toEqual(['observer.record: boom'])
    expect(watch.stats().exporters[0]?.delivered).toBe(1)
  })
})
