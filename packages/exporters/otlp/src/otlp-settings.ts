import type { Clock } from '@cepa/core'
import {
  type ContentPlace,
  contentFromEnvironment,
  semconvFromEnvironment,
  type Wording,
  wordingOf,
} from '@cepa/core/semantic-conventions'
import {
  intervalFromEnvironment,
  isSwitchedOn,
  protocolFromEnvironment,
  saysContentPlace,
  temporalityFromEnvironment,
} from './environment.ts'
import type { Temporality } from './metrics/metric.ts'
import { type Origin, resourceOf, scopeOf } from './origin.ts'
import {
  type CheckedOtlpOptions,
  checkOtlpOptions,
  type OtlpExporterOptions,
  type OtlpSignalOptions,
} from './otlp-options.ts'
import type { OtlpProtocol, OtlpSignal } from './signal.ts'
import { type Target, targetOf } from './target.ts'

/** How one signal is sent. */
export interface SignalSettings {
  readonly target: Target
  readonly protocol: OtlpProtocol
}

/** Everything that holds: options, then what the environment says, then defaults. */
export interface OtlpSettings {
  readonly name: string
  /** Absent for a signal that is switched off. */
  readonly traces: SignalSettings | undefined
  readonly metrics: (SignalSettings & { readonly intervalMs: number; readonly temporality: Temporality }) | undefined
  readonly logs: SignalSettings | undefined
  readonly details: boolean
  readonly content: ContentPlace
  readonly wording: Wording
  readonly origin: Origin
  readonly report: (error: Error) => void
  readonly clock: Clock
}

const INTERVAL_MS = 60_000

/** An exporter throws nothing, whatever it is told by. */
function quietly(report: (error: Error) => void): (error: Error) => void {
  return (error) => {
    try {
      report(error)
    } catch {
      // what tells of problems has one itself: there is nobody left to tell
    }
  }
}

const warn = (error: Error): void => process.emitWarning(error.message, { code: 'CEPA_EXPORTER_OTLP' })

function signalSettings(signal: OtlpSignal, options: CheckedOtlpOptions): SignalSettings | undefined {
  const given = options[signal] ?? isSwitchedOn(signal)
  if (given === false) return undefined
  const own: OtlpSignalOptions = given === true ? {} : given
  const { endpoint, timeoutMs, compression } = options
  const headers = { ...options.headers, ...own.headers }
  return {
    target: targetOf(signal, { url: own.url, endpoint, headers, timeoutMs, compression }),
    protocol: own.protocol ?? options.protocol ?? protocolFromEnvironment(signal) ?? 'http/protobuf',
  }
}

function metricsSettings(options: CheckedOtlpOptions): OtlpSettings['metrics'] {
  const settings = signalSettings('metrics', options)
  if (settings === undefined) return undefined
  const own = typeof options.metrics === 'object' ? options.metrics : {}
  return {
    ...settings,
    intervalMs: own.intervalMs ?? intervalFromEnvironment() ?? INTERVAL_MS,
    temporality: own.temporality ?? temporalityFromEnvironment() ?? 'cumulative',
  }
}

/**
 * Checks options and puts together what holds.
 *
 * @throws {OptionError} for options and environment variables that cannot be right.
 */
export function otlpSettings(given: OtlpExporterOptions | undefined): OtlpSettings {
  const options = checkOtlpOptions(given)
  const wording = wordingOf(options.semconv ?? semconvFromEnvironment(), options.estimates)
  const content = options.content ?? (saysContentPlace() ? contentFromEnvironment() : 'span')
  return {
    name: options.name,
    traces: signalSettings('traces', options),
    metrics: metricsSettings(options),
    logs: signalSettings('logs', options),
    details: options.details ?? (content === 'event' || content === 'both'),
    content,
    wording,
    origin: { resource: resourceOf(options), scope: scopeOf(wording.names.schemaUrl) },
    report: quietly(options.report ?? warn),
    clock: options.clock,
  }
}
