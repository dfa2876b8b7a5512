import { type Middleware, middleware, requestIdFact } from '@cepa/core'
import { type ChromeTrace, chromeTraceOf } from './chrome-trace.ts'
import type { Instruments } from './instruments.ts'
import { ProfilerLayer, type Reads } from './layer.ts'
import type { OpenCall } from './open-call.ts'
import { type ProfilerOptions, type Settings, settingsOf } from './options.ts'
import { errorOf } from './problem.ts'
import type { ProfileReport } from './profile/profile-data.ts'
import { reportText } from './profile/report-text.ts'

/** What {@link ProfilerControls.report} takes. */
export interface ReportQuery {
  /** Tells the calls of each provider apart, or those of each model (of each provider). Default: all calls in one. */
  readonly by?: 'provider' | 'model'
  /** In the table, a line for each hook of each layer. Default: `false`. */
  readonly hooks?: boolean
  /** As data. Default: `false`, as a table. */
  readonly json?: boolean
}

/** What can be done with a profiler beside putting it into stacks. */
export interface ProfilerControls {
  /**
   * Where the time of the calls went that are over, since the profiler was made or told to forget: a table for a terminal, or data.
   *
   * @example
   * console.log(profile.report({ by: 'provider' }))
   * const slowest = profile.report({ json: true }).total.layers.toSorted((a, b) => b.p99Ms - a.p99Ms)[0]
   */
  report(query: ReportQuery & { readonly json: true }): ProfileReport
  report(query?: ReportQuery): string
  /**
   * The last calls (`keepCalls`) as a trace for chrome://tracing and Perfetto, to be written as JSON. Has no content of calls.
   *
   * @example
   * writeFileSync('calls.trace.json', JSON.stringify(profile.chromeTrace()))
   *
   * @see https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUnn5OOQtYMH4h6I0nSsKchNAySU (Trace Event Format)
   */
  chromeTrace(): ChromeTrace
  /** Forgets all calls that are over. */
  reset(): void
}

/** The middleware, with what else can be done with it. */
export type Profiler<TName extends string = 'profiler'> = Middleware<TName, Reads> & ProfilerControls

const controlsOf = ({ profile, history }: ProfilerLayer): ProfilerControls => ({
  report: ((query: ReportQuery = {}) => {
    const report = profile.report(query.by)
    return query.json ? report : reportText(report, query.hooks ?? false)
  }) as ProfilerControls['report'],
  chromeTrace: () => chromeTraceOf(history.calls),
  reset() {
    profile.reset()
    history.reset()
  },
})

/** A platform that does not measure its event loop runs calls all the same. */
function openEventLoop({ report }: Settings, { eventLoop }: Instruments): void {
  try {
    eventLoop?.open()
  } catch (thrown) {
    report({ where: 'eventLoopDelay', error: errorOf(thrown) })
  }
}

/** Makes a profiler that also measures what the platform can; for the entries of this package. */
export function makeProfiler<const TName extends string = 'profiler'>(
  settings: Settings,
  instruments: Instruments = {},
): Profiler<TName> {
  const layer = new ProfilerLayer(settings, instruments)
  // one profiler may stand in several stacks; with the last that closes its instruments rest
  let stacks = 0
  const made = middleware<TName, OpenCall, Reads>({
    name: settings.name as TName,
    reads: [requestIdFact.optional],
    traits: { timings: true },
    data: settings.data,
    assemble() {
      if (stacks === 0) openEventLoop(settings, instruments)
      stacks += 1
    },
    start: (call) => layer.start(call),
    note: (call, note) => layer.note(call, note),
    end: (_call, ending, opened) => layer.end(ending, opened),
    async close() {
      stacks -= 1
      if (stacks > 0) return
      instruments.eventLoop?.close()
      await instruments.cpu?.close()
    },
  })
  return Object.assign(made, controlsOf(layer))
}

/**
 * Measures where the time of every call goes: the self time of each hook of each layer of the whole stack, the provider's share and the
 * reader's, with percentiles by layer, provider and model in memory that does not grow. Tells calls that were slow. Only watches. Stands
 * outside of what answers (`cache()`), so that it sees every call.
 *
 * @throws {OptionError} for options that cannot be right.
 *
 * @example
 * const profile = profiler({ slowMs: 10_000, onSlowCall: ({ model, slowestLayer }) => console.warn(model, slowestLayer) })
 * const chat = pipeline(openai(), logging(), timing(), profile, cache({ scope: tenantOf }), retry())
 * console.log(profile.report())
 */
export const profiler = <const TName extends string = 'profiler'>(options?: ProfilerOptions<TName>): Profiler<TName> =>
  makeProfiler(settingsOf(options))
