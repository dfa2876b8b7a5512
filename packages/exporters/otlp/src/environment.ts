import { OptionError } from '@cepa/core'
import type { OtlpProtocol, OtlpSignal } from './signal.ts'

const PROTOCOLS: readonly OtlpProtocol[] = ['http/protobuf', 'http/json']

/** What a variable says; nothing for one that is empty. */
const said = (name: string): string | undefined => process.env[name]?.trim() || undefined

function refuse(field: string, value: string, remedy: string): never {
  throw new OptionError({ owner: 'environment', field, value: JSON.stringify(value.slice(0, 60)), remedy })
}

/** Which variable says something of a signal: its own before that for all. */
function ofSignal(signal: OtlpSignal, what: string): { readonly name: string; readonly value: string } | undefined {
  for (const name of [`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_${what}`, `OTEL_EXPORTER_OTLP_${what}`]) {
    const value = said(name)
    if (value !== undefined) return { name, value }
  }
  return undefined
}

/** The protocol that `OTEL_EXPORTER_OTLP_PROTOCOL`, or that of the signal, says. @throws {OptionError} for one that is not spoken here. */
export function protocolFromEnvironment(signal: OtlpSignal): OtlpProtocol | undefined {
  const found = ofSignal(signal, 'PROTOCOL')
  if (found === undefined) return undefined
  const { name, value } = found
  const known = PROTOCOLS.find((protocol) => protocol === value)
  const remedy = 'this exporter speaks http/protobuf and http/json: say one of them, there or as option protocol'
  return known ?? refuse(name, value, remedy)
}

/**
 * Sees to it that what the environment says of the address is one: OpenTelemetry would send to localhost instead.
 *
 * @throws {OptionError}
 */
export function checkEndpoint(signal: OtlpSignal): void {
  const found = ofSignal(signal, 'ENDPOINT')
  if (found === undefined || isHttpUrl(found.value)) return
  refuse(found.name, found.value, 'it must be a URL that begins with http:// or https://')
}

/** Whether a text is the URL of something that speaks HTTP. */
export const isHttpUrl = (text: string): boolean => {
  const { protocol } = URL.parse(text) ?? {}
  return protocol === 'http:' || protocol === 'https:'
}

/** Whether `OTEL_TRACES_EXPORTER` and its like do not say `none`. */
export const isSwitchedOn = (signal: OtlpSignal): boolean => said(`OTEL_${signal.toUpperCase()}_EXPORTER`) !== 'none'

/** How often metrics are sent, in milliseconds, by `OTEL_METRIC_EXPORT_INTERVAL`. */
export function intervalFromEnvironment(): number | undefined {
  const text = said('OTEL_METRIC_EXPORT_INTERVAL')
  if (text === undefined) return undefined
  const value = Number(text)
  if (Number.isFinite(value) && value >= 1) return value
  return refuse('OTEL_METRIC_EXPORT_INTERVAL', text, 'it must be a number of milliseconds of at least 1')
}

/** Whether each metrics request tells what came since the last one; by `OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE`. */
export function temporalityFromEnvironment(): 'cumulative' | 'delta' | undefined {
  const name = 'OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE'
  const text = said(name)?.toLowerCase()
  if (text === undefined || text === 'cumulative' || text === 'delta') return text
  // of counters and histograms, which is what there is, low memory asks for the same
  if (text === 'lowmemory') return 'delta'
  return refuse(name, text, 'it must be cumulative, delta or lowmemory')
}

/** Whether the environment says anything of where content goes. */
export const saysContentPlace = (): boolean => said('OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT') !== undefined
