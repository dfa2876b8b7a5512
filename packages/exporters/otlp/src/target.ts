import type { Agent } from 'node:http'
import { CompressionAlgorithm } from '@opentelemetry/otlp-exporter-base'
import { convertLegacyHttpOptions } from '@opentelemetry/otlp-exporter-base/node-http'
import { checkEndpoint } from './environment.ts'
import type { OtlpSignal } from './signal.ts'

/** Where one signal goes, and how. */
export interface Target {
  readonly url: URL
  readonly compression: 'gzip' | 'none'
  readonly timeoutMs: number
  headers(): Promise<Record<string, string>>
  agent(protocol: string): Agent | Promise<Agent>
}

/** What the options say of it; what they leave out the environment says, else OpenTelemetry's defaults. */
export interface TargetOptions {
  /** The signal's own address, as it is. */
  readonly url?: string | undefined
  /** The address of all signals: the signal's path is put behind it. */
  readonly endpoint?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly timeoutMs?: number | undefined
  readonly compression?: 'gzip' | 'none' | undefined
}

const pathOf = (signal: OtlpSignal): string => `v1/${signal}`

const under = (endpoint: string, signal: OtlpSignal): string => {
  const url = new URL(endpoint)
  url.pathname = `${url.pathname.replace(/\/$/, '')}/${pathOf(signal)}`
  return url.href
}

/**
 * Where a signal goes: as the options say, else as the environment variables `OTEL_EXPORTER_OTLP_*` do, which OpenTelemetry's own
 * package reads: endpoint, headers, timeout, compression, certificates, each for all signals or for one.
 *
 * @see https://opentelemetry.io/docs/specs/otel/protocol/exporter/
 * @throws {OptionError} for an endpoint in the environment that is no URL.
 */
export function targetOf(signal: OtlpSignal, options: TargetOptions): Target {
  const { endpoint, headers, timeoutMs, compression } = options
  const url = options.url ?? (endpoint === undefined ? undefined : under(endpoint, signal))
  if (url === undefined) checkEndpoint(signal)
  const config = convertLegacyHttpOptions(
    {
      ...(url !== undefined && { url }),
      ...(headers && { headers: { ...headers } }),
      ...(timeoutMs !== undefined && { timeoutMillis: timeoutMs }),
      ...(compression !== undefined && {
        compression: compression === 'gzip' ? CompressionAlgorithm.GZIP : CompressionAlgorithm.NONE,
      }),
    },
    signal.toUpperCase(),
    pathOf(signal),
    {},
  )
  return {
    url: new URL(config.url),
    compression: config.compression,
    timeoutMs: config.timeoutMillis,
    headers: config.headers,
    agent: config.agentFactory,
  }
}
