import { type Adapter, pipeline, Reply } from '@cepa/core'
import { fakeProvider, memoryExporter } from '@cepa/testing'
import { expect, test } from 'vitest'
import { telemetry } from '../index.ts'

const request = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] } as const
const roomy = { maxQueueItems: 1_000_000, maxQueueBytes: 1_000_000_000 }

/** Keeps no ledger, which for so many calls would take longer than they do. */
const adapter: Adapter = {
  name: 'plain',
  operations: ['chat'],
  identity: () => 'plain',
  handle: async () => Reply.from([{ type: 'end', finish: 'stop', at: 0 }]),
}

/** Makes calls that all end in one turn. */
async function burst(exporter: ReturnType<typeof memoryExporter>, count: number) {
  const watch = telemetry({ exporters: [exporter] })
  const chat = pipeline(adapter, watch)
  await Promise.all(Array.from({ length: count }, () => chat.complete(request)))
  await watch.flush({ deadlineMs: 60_000 })
  return watch
}

test('metrics and exporters have every call, however many end in one turn', async () => {
  const exporter = memoryExporter({ wants: ['call'], maxItems: 1e6, limits: roomy })
  const watch = await burst(exporter, 20_000)
  expect(watch.metrics().total.calls).toBe(20_000)
  expect(exporter.records).toHaveLength(20_000)
  expect(watch.stats()).toMatchObject({ records: 20_000, overrun: 0 })
})

test('notes are let go before any record, counted for their exporter, and told as a loss', async () => {
  const exporter = memoryExporter({ maxItems: 1e6, limits: roomy })
  const watch = await burst(exporter, 5000)
  expect(exporter.records).toHaveLength(5000)
  expect(watch.metrics().total.calls).toBe(5000)
  const { overrun, exporters } = watch.stats()
  // call-start, attempt-start and attempt-end of each
  expect(overrun).toBeGreaterThan(1000)
  expect(exporter.notes.length + overrun).toBe(15_000)
  expect(exporters[0]?.lost).toEqual({ full: overrun })
  expect(exporter.losses.map(({ lost }) => lost)).toEqual([{ full: overrun }])
})

test('in a queue that is full, notes make room for records', async () => {
  const exporter = memoryExporter({ limits: { maxQueueItems: 100, maxBatchItems: 100, delayMs: 60_000 } })
  const watch = telemetry({ exporters: [exporter], report: () => undefined })
  const chat = pipeline(fakeProvider('Hi'), watch)
  exporter.next('hang')
  // the first batch hangs, the queue behind it fills with the notes of the others
  for (let call = 0; call < 90; call++) await chat.complete(request)
  watch.metrics()
  for (let call = 0; call < 30; call++) await chat.complete(request)
  watch.metrics()
  const { waiting, lost } = watch.stats().exporters[0] ?? {}
  expect(waiting).toBe(100)
  // 120 calls of 4 items each: 100 are under way, 100 wait, and none but notes and 20 records were let go
  expect(lost).toEqual({ full: 280 })
  expect(await watch.close({ deadlineMs: 0 })).toBe(false)
})
