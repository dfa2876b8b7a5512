import type { Exporter } from '@cepa/core'
import { testExporter } from '@cepa/testing'
import { expect, test } from 'vitest'
import { plain, spansOf } from '../test/read.ts'
import { receiver, withStatus } from '../test/receiver.ts'
import { type OtlpExporterOptions, otlpExporter } from './index.ts'

const ways: readonly OtlpExporterOptions[] = [
  { protocol: 'http/protobuf' },
  { protocol: 'http/json', compression: 'gzip', details: true, content: 'both' },
]

test.each(ways)('keeps the contract of exporters: %j', async (options) => {
  const collectors = new Map<Exporter, Awaited<ReturnType<typeof receiver>>>()
  const collectorOf = (exporter: Exporter) => collectors.get(exporter) as Awaited<ReturnType<typeof receiver>>
  const { broken } = await testExporter({
    async make() {
      const collector = await receiver()
      const exporter = otlpExporter({ endpoint: collector.url, report: () => undefined, ...options })
      collectors.set(exporter, collector)
      return exporter
    },
    arrived: (exporter) =>
      spansOf(collectorOf(exporter).of('traces')).flatMap(({ attributes }) => {
        const id = plain(attributes['cepa.call.id'] ?? attributes['cepa.group.id'])
        return typeof id === 'string' ? [id] : []
      }),
    breakDestination(exporter) {
      collectorOf(exporter).answers(withStatus(503))
      return () => collectorOf(exporter).answers(withStatus(200))
    },
    hangDestination(exporter) {
      collectorOf(exporter).answers(() => undefined)
      return () => collectorOf(exporter).answers(withStatus(200))
    },
  })
  expect(broken).toEqual([])
})
