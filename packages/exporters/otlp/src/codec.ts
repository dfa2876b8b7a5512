import {
  type ISerializer,
  JsonLogsSerializer,
  JsonMetricsSerializer,
  JsonTraceSerializer,
  ProtobufLogsSerializer,
  ProtobufMetricsSerializer,
  ProtobufTraceSerializer,
} from '@opentelemetry/otlp-transformer'
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs'
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import type { OtlpProtocol } from './signal.ts'

/** What a server says it did not take of a request that it took. */
export interface Partly {
  readonly rejected: number
  /** In its words; with nothing rejected it is a warning. */
  readonly message: string
}

/** Requests to bytes, and bytes to what the answer says. */
export interface Codec<T> {
  readonly contentType: string
  encode(items: T): Uint8Array
  /** Nothing where everything was taken, or where it cannot be read. */
  decode(body: Uint8Array): Partly | undefined
}

interface PartialSuccess {
  readonly errorMessage?: string
  readonly rejectedSpans?: number | string
  readonly rejectedDataPoints?: number | string
  readonly rejectedLogRecords?: number | string
}

const CONTENT_TYPES: Readonly<Record<OtlpProtocol, string>> = {
  'http/protobuf': 'application/x-protobuf',
  'http/json': 'application/json',
}

/** In JSON, 64-bit numbers are strings. */
const count = (value: number | string | undefined): number => Math.max(0, Number(value) || 0)

function partlyOf(response: { readonly partialSuccess?: PartialSuccess } | undefined): Partly | undefined {
  const { rejectedSpans, rejectedDataPoints, rejectedLogRecords, errorMessage = '' } = response?.partialSuccess ?? {}
  const rejected = count(rejectedSpans ?? rejectedDataPoints ?? rejectedLogRecords)
  return rejected === 0 && errorMessage === '' ? undefined : { rejected, message: errorMessage }
}

function codecOf<T>(
  serializer: ISerializer<T, { readonly partialSuccess?: PartialSuccess }>,
  contentType: string,
): Codec<T> {
  return {
    contentType,
    encode: (items) => serializer.serializeRequest(items) ?? new Uint8Array(),
    decode(body) {
      try {
        return partlyOf(serializer.deserializeResponse(body))
      } catch {
        // it has taken everything: what else it says is not worth a second sending
        return undefined
      }
    },
  }
}

/** How spans are written. */
export const traceCodec = (protocol: OtlpProtocol): Codec<ReadableSpan[]> =>
  codecOf(protocol === 'http/json' ? JsonTraceSerializer : ProtobufTraceSerializer, CONTENT_TYPES[protocol])

/** How log records are written. */
export const logCodec = (protocol: OtlpProtocol): Codec<ReadableLogRecord[]> =>
  codecOf(protocol === 'http/json' ? JsonLogsSerializer : ProtobufLogsSerializer, CONTENT_TYPES[protocol])

/** How metrics are written. */
export const metricsCodec = (protocol: OtlpProtocol): Codec<ResourceMetrics> =>
  codecOf(protocol === 'http/json' ? JsonMetricsSerializer : ProtobufMetricsSerializer, CONTENT_TYPES[protocol])
