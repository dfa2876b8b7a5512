import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { CallRecord, GroupRecord, TelemetryItem } from '@cepa/core'
import { consoleExporter } from 'cepa'
import { type OtlpExporterOptions, otlpExporter } from 'cepa/otlp'

/** A record of a call or of a group. */
export type AnyRecord = CallRecord | GroupRecord

const itemOf = (record: AnyRecord): TelemetryItem =>
  record.schema === 'cepa.group/1' ? { type: 'group', group: record } : { type: 'call', record }

const context = { signal: new AbortController().signal, attempt: 1 }

/** What the console exporter writes of a record, in its one line. */
export function lineOf(record: AnyRecord): string {
  const lines: string[] = []
  const exporter = consoleExporter({ colors: false, console: { log: (line) => lines.push(line) } })
  exporter.export([itemOf(record)], context)
  return lines.join('\n')
}

/** What arrives of a record at a backend, by name: attributes by their own, what else a span has as `span …`. */
export type Arrived = ReadonlyMap<string, string>

interface Attributed {
  readonly attributes?: readonly { readonly key: string; readonly value: unknown }[]
  readonly [field: string]: unknown
}

const OWN_FIELDS = [
  'name',
  'traceId',
  'spanId',
  'parentSpanId',
  'traceState',
  'startTimeUnixNano',
  'endTimeUnixNano',
  'flags',
]

/** Spans and log records wherever they are in a body. */
function* attributed(value: unknown): Generator<Attributed> {
  if (typeof value !== 'object' || value === null) return
  if ('traceId' in value) yield value as Attributed
  for (const inner of Object.values(value)) yield* attributed(inner)
}

/** Takes what OTLP's exporter sends, in its JSON, at an address of this machine. */
export async function collector() {
  const bodies: unknown[] = []
  const server = createServer(async (request, response) => {
    bodies.push(JSON.parse(await text(request)))
    response.setHeader('content-type', 'application/json').end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const how: OtlpExporterOptions = { endpoint, protocol: 'http/json', metrics: false, content: 'both', details: true }
  const exporters = (['released', 'latest'] as const).map((semconv) => otlpExporter({ ...how, semconv }))
  return {
    /** What arrives of a record, in both versions of the conventions. */
    async arrived(record: AnyRecord): Promise<Arrived> {
      bodies.length = 0
      for (const exporter of exporters) {
        const result = await exporter.export([itemOf(record)], context)
        if (!result.ok) throw result.error
      }
      const found = new Map<string, string>()
      const add = (name: string, value: unknown) => found.set(name, `${found.get(name) ?? ''}${JSON.stringify(value)}`)
      for (const each of attributed(bodies)) {
        for (const { key, value } of each.attributes ?? []) add(key, value)
        for (const name of OWN_FIELDS) if (each[name] !== undefined) add(`span ${name}`, each[name])
        if (each.status !== undefined) add('span status', each.status)
      }
      return found
    },
    async close(): Promise<void> {
      for (const exporter of exporters) await exporter.close?.()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
