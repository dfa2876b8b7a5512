import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { SeenSeries } from './open-telemetry.ts'

/** A value as OTLP writes it. */
interface JsonValue {
  readonly stringValue?: string
  readonly intValue?: string | number
  readonly doubleValue?: number
  readonly boolValue?: boolean
}

interface JsonAttribute {
  readonly key: string
  readonly value: JsonValue
}

interface JsonPoint {
  readonly attributes?: readonly JsonAttribute[]
  readonly count?: string | number
  readonly sum?: number
}

interface JsonMetric {
  readonly name: string
  readonly histogram?: { readonly dataPoints: readonly JsonPoint[] }
}

/** What is read of the requests for metrics and for traces. */
interface JsonRequest {
  readonly resourceMetrics?: readonly {
    readonly scopeMetrics: readonly { readonly metrics: readonly JsonMetric[] }[]
  }[]
  readonly resourceSpans?: readonly {
    readonly scopeSpans: readonly { readonly spans: readonly { readonly attributes?: readonly JsonAttribute[] }[] }[]
  }[]
}

/** A receiver of OTLP over HTTP, as JSON. */
export interface Collector {
  readonly url: string
  /** The histograms of the newest request for metrics: they are cumulative. */
  series(): readonly SeenSeries[]
  /** Names of the attributes of all spans. */
  spanAttributes(): readonly string[]
  close(): Promise<void>
}

const plain = (attributes: readonly JsonAttribute[] = []): Record<string, unknown> =>
  Object.fromEntries(
    attributes.map(({ key, value }) => {
      const { stringValue, intValue, doubleValue, boolValue } = value
      return [key, stringValue ?? doubleValue ?? boolValue ?? (intValue === undefined ? undefined : Number(intValue))]
    }),
  )

const seriesOf = ({ name, histogram }: JsonMetric): readonly SeenSeries[] =>
  (histogram?.dataPoints ?? []).map(({ attributes, count = 0, sum = 0 }) => ({
    metric: name,
    attributes: plain(attributes),
    count: Number(count),
    sum,
  }))

/** Starts one on a free port of loopback. */
export async function collector(): Promise<Collector> {
  const requests: JsonRequest[] = []
  const server = createServer(async (request, response) => {
    const body = Buffer.concat((await request.toArray()) as Buffer[]).toString()
    requests.push(JSON.parse(body) as JsonRequest)
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const newest = (): JsonRequest | undefined => requests.findLast(({ resourceMetrics }) => resourceMetrics)
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    series: () =>
      (newest()?.resourceMetrics ?? []).flatMap(({ scopeMetrics }) =>
        scopeMetrics.flatMap(({ metrics }) => metrics.flatMap(seriesOf)),
      ),
    spanAttributes: () =>
      requests
        .flatMap(({ resourceSpans = [] }) => resourceSpans.flatMap(({ scopeSpans }) => scopeSpans))
        .flatMap(({ spans }) => spans.flatMap(({ attributes = [] }) => attributes.map(({ key }) => key))),
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
