import { cacheFact, costFact, type Middleware, middleware, requestIdFact, traceFact, usageFact } from '@cepa/core'
import { type TracedPass, tracedFact } from './traced-pass.ts'
import { type TracedCall, TracingLayer } from './tracing-layer.ts'
import {
  dataOfSettings,
  PER_CALL,
  settingsOf,
  type TracingCallOptions,
  type TracingOptions,
} from './tracing-options.ts'

type Reads = readonly [typeof requestIdFact.optional, typeof usageFact, typeof costFact, typeof cacheFact]
type Gives = readonly [typeof traceFact, typeof tracedFact]

const READS: Reads = [requestIdFact.optional, usageFact, costFact, cacheFact]

/**
 * Makes one span of OpenTelemetry for each call, by the conventions for generative AI. What the application instruments itself nests
 * under it: its HTTP client's spans, those of layers further in. Gives the span's ids inward, so that records and log lines have them.
 * Does next to nothing where no SDK is registered.
 *
 * @throws {OptionError} for options that cannot be right.
 *
 * @example
 * const chat = pipeline(openai(), requestId(), tracing(), telemetry({ exporters }), cache({ scope }), retry())
 */
export function tracing(given?: TracingOptions): Middleware<'tracing', Reads, Gives, TracingCallOptions> {
  const settings = settingsOf(given)
  const layer = new TracingLayer(settings)
  return middleware<'tracing', TracedPass | undefined, Reads, Gives, TracingCallOptions>({
    name: 'tracing',
    reads: READS,
    gives: [traceFact, tracedFact],
    traits: { records: true },
    identity: '',
    perCall: PER_CALL,
    data: dataOfSettings(settings),
    assemble: (stack) => layer.assemble(stack),
    provide: (call) => layer.provide(call as object as TracedCall),
    start: (call) => layer.start(call as object as TracedCall),
    firstToken: (call, event, pass) => layer.firstToken(call as object as TracedCall, event, pass),
    note: (call, note) => layer.note(call as object as TracedCall, note),
    end: (call, ending, pass) => layer.end(call as object as TracedCall, ending, pass),
    handle: (call, next, pass) => layer.handle(call as object as TracedCall, next, pass),
  })
}
