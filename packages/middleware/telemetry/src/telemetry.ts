import { type GroupSpanHost, type Middleware, middleware } from '@cepa/core'
import { platformPublisher } from '#platform-publisher'
import { ContentMaker } from './content/content-maker.ts'
import { controlsOf, type TelemetryControls } from './controls.ts'
import { exporterOf } from './hub/exporter-use.ts'
import { Hub } from './hub/hub.ts'
import { lanesOf } from './hub/lanes.ts'
import type { Publisher } from './hub/publisher.ts'
import { TelemetryLayer } from './layer.ts'
import { Observers } from './listeners.ts'
import { PER_CALL, type TelemetryCallOptions, type TelemetryOptions } from './options.ts'
import type { Pass, ToldCall } from './pass.ts'
import { Redaction } from './redaction.ts'
import { Sampler } from './sampling/sampler.ts'
import { dataOfSettings, Live, type Settings, settingsOf } from './settings.ts'
import { type Gives, givesOf, READS, type Reads, timeIsMeasured } from './stack-place.ts'

/** The middleware, with what else can be done with it. */
export type Telemetry<TName extends string = 'telemetry'> = Middleware<TName, Reads, Gives, TelemetryCallOptions> &
  TelemetryControls

/** Everything that stands behind one telemetry. */
function partsOf(settings: Settings, publisher: Publisher | undefined) {
  const { clock, report, redact, maxContentBytes, hashKey, sample, exporters } = settings
  const redaction = new Redaction(redact)
  const observers = new Observers(report)
  const content = new ContentMaker({ redaction, redact: redact.content, maxBytes: maxContentBytes, hashKey, report })
  const lanes = lanesOf(exporters, { clock, random: Math.random, report })
  // what makes metrics of records is told of all, whatever it is then given to export
  for (const each of exporters) observers.addExporter(exporterOf(each))
  const sampler = new Sampler(sample?.recordsPerSecond)
  const hub = new Hub({ lanes, observers, publisher, redaction, sampler, content, clock, report })
  const live = new Live(settings)
  return { settings, live, hub, observers, redaction }
}

/** Lets `tracing()` of its stack find the scope that begins groups. */
const hostOf = ({ scope }: Settings): GroupSpanHost => ({
  spanGroupsBy: (make) => (scope as Partial<GroupSpanHost> | undefined)?.spanGroupsBy?.(make),
})

/** Makes a telemetry that also publishes what it is told; for the entries of this package. */
export function makeTelemetry<const TName extends string = 'telemetry'>(
  given: TelemetryOptions<TName> | undefined,
  publisher?: Publisher,
): Telemetry<TName> {
  const parts = partsOf(settingsOf(given), publisher)
  const { settings, hub } = parts
  const layer = new TelemetryLayer(parts)
  const controls = controlsOf({ ...parts, layer })
  // one telemetry may stand in several stacks; the last that closes releases the exporters
  let stacks = 0
  const made = middleware<TName, Pass | undefined, Reads, Gives, TelemetryCallOptions>({
    name: settings.name as TName,
    reads: READS,
    gives: givesOf(settings.propagate),
    traits: { records: true },
    perCall: PER_CALL,
    data: dataOfSettings(settings),
    assemble({ inside }) {
      stacks += 1
      if (!timeIsMeasured(inside)) layer.measure()
    },
    provide: (call) => layer.provide(call as object as ToldCall),
    start: (call) => layer.start(call as object as ToldCall),
    firstToken: (call, event, pass) => layer.firstToken(call as object as ToldCall, event, pass),
    event(_call, event, pass) {
      pass?.meter?.event(event)
    },
    note: (call, note, pass) => layer.note(call as object as ToldCall, note, pass),
    end: (call, ending, pass) => layer.end(call as object as ToldCall, ending, pass),
    async close() {
      stacks -= 1
      await (stacks > 0 ? hub.flush(settings.deadlineMs) : hub.close(settings.deadlineMs))
    },
  })
  return Object.assign(made, controls, hostOf(settings))
}

/**
 * Makes one record of every call, which describes it completely, and hands it to exporters: after the ending, in a later task, filtered,
 * sampled, redacted, through a bounded queue for each. Nothing that happens there reaches the call. Only watches. Stands outside of
 * everything but `requestId()` and `tracing()`; in a nested pipeline it leaves the record to the telemetry around it. On Node it also
 * publishes every record, group and note, redacted, without content, before level, filter and sample, on the diagnostics channels
 * `cepa:call`, `cepa:group` and `cepa:note`; that costs nothing while nobody subscribes.
 *
 * @throws {OptionError} for options, or environment variables that stand for them, that cannot be right.
 *
 * @example
 * const watch = telemetry({ exporters: [file({ path: 'calls.jsonl' })], sample: { ratio: 0.1 } })
 * const chat = pipeline(openai(), requestId(), watch, logging(), tokenCount(), retry())
 * watch.subscribe({ ending: 'failed' }, ({ error }) => console.error(error?.message))
 */
export const telemetry = <const TName extends string = 'telemetry'>(
  options?: TelemetryOptions<TName>,
): Telemetry<TName> => makeTelemetry(options, platformPublisher)
