import {
  type Call,
  cacheFact,
  checkOptions,
  costFact,
  dataOf,
  detachedEndNote,
  type Ending,
  type FactKey,
  fact,
  flag,
  having,
  type Middleware,
  middleware,
  type Note,
  type OptionRules,
  oneOf,
  usageFact,
} from '@cepa/core'
import {
  type Instruments,
  instrumentsOf,
  type Measured,
  MetricWriter,
  SEMCONV_VERSIONS,
  type Semconv,
  semconvFromEnvironment,
  type Wording,
  wordingOf,
} from '@cepa/core/semantic-conventions'
import { createNoopMeter, type Meter, metrics } from '@opentelemetry/api'
import { ChunkGaps } from './chunk-gaps.ts'
import { describeCall, type FoundOut } from './describe-call.ts'
import { type TracedPass, tracedFact } from './traced-pass.ts'
import { SCOPE } from './tracing-layer.ts'

/** What {@link metering} takes. */
export interface MeteringOptions {
  /** Which version of the conventions names follow. Default: as `tracing()` has it. */
  readonly semconv?: Semconv
  /** Also report tokens that no provider told but `tokenCount()` estimated. Default: `false`. */
  readonly estimates?: boolean
  /** Records the time between the pieces of a stream, one value for each. Default: `true`. */
  readonly outputChunks?: boolean
  /** Makes the instruments. Default: the global provider's. */
  readonly meter?: Meter
}

const RULES = {
  semconv: oneOf(SEMCONV_VERSIONS),
  estimates: flag({ default: false }),
  outputChunks: flag({ default: true }),
  meter: { ...having<Meter>('createHistogram', 'createCounter'), expects: "a meter: metrics.getMeter('app')" },
} satisfies OptionRules<MeteringOptions>

/** What one pass keeps. */
interface MeteredPass {
  /** The pass's own view of its call: in a nested pipeline the fact is there too, and belongs to another. */
  readonly owner: object
  readonly attemptsBefore: number
  readonly gaps: ChunkGaps | undefined
  firstContentAt: number | undefined
}

/** The pass of the `metering()` that counts the call, so that one further in does not count it again. */
const meteredFact: FactKey<MeteredPass, 'metered', 'in', true> = fact('metered', 'in')

type MeteredCall = Call<FoundOut & { readonly traced?: TracedPass; readonly metered: MeteredPass | undefined }>

class MeteringLayer {
  readonly #wording: Wording
  readonly #writer: MetricWriter
  readonly #outputChunks: boolean
  readonly #meter: Meter | undefined
  #made: { readonly provider: unknown; readonly instruments: Instruments | undefined } | undefined

  constructor({ semconv = semconvFromEnvironment(), estimates = false, outputChunks = true, meter }: MeteringOptions) {
    this.#wording = wordingOf(semconv, estimates)
    this.#writer = new MetricWriter(this.#wording)
    this.#outputChunks = outputChunks
    this.#meter = meter
  }

  provide(call: MeteredCall): void {
    if (call.facts.metered !== undefined || this.#instruments === undefined) return
    const gaps = this.#outputChunks && call.mode === 'stream' ? new ChunkGaps() : undefined
    const attemptsBefore = call.attempts.length
    call.give(meteredFact, { owner: call, attemptsBefore, gaps, firstContentAt: undefined })
  }

  end(call: MeteredCall, ending: Ending, pass: MeteredPass): void {
    const { attemptsBefore, firstContentAt, gaps } = pass
    const described = describeCall({ call, ending, facts: call.facts, attemptsBefore, firstContentAt, id: call.id })
    const context = call.facts.traced?.active?.context
    this.#record({ call: described, gapsMs: gaps?.gapsMs ?? [], context })
  }

  /** What a call that outlived its caller has bought was spent too. */
  detached(call: Call, ending: Ending): void {
    const described = describeCall({ call, ending, facts: call.facts as FoundOut, attemptsBefore: 0, id: call.id })
    this.#record({ call: described, gapsMs: [], context: undefined })
  }

  #record(measured: Measured): void {
    const instruments = this.#instruments
    if (instruments) this.#writer.record(instruments, measured)
  }

  /**
   * Absent where no SDK is registered. The interface has no stand-in for one that is registered later: they are made anew when there is
   * another.
   */
  get #instruments(): Instruments | undefined {
    const provider = this.#meter ?? metrics.getMeterProvider()
    if (this.#made?.provider === provider) return this.#made.instruments
    const { names } = this.#wording
    const scope = names.schemaUrl === undefined ? {} : { schemaUrl: names.schemaUrl }
    const meter = this.#meter ?? metrics.getMeter(SCOPE, undefined, scope)
    this.#made = { provider, instruments: meter === createNoopMeter() ? undefined : instrumentsOf(meter, names) }
    return this.#made.instruments
  }
}

type Reads = readonly [typeof tracedFact.optional, typeof usageFact, typeof costFact, typeof cacheFact]

const ownPass = (call: MeteredCall): MeteredPass | undefined =>
  call.facts.metered?.owner === call ? call.facts.metered : undefined

/**
 * Records the metrics that OpenTelemetry's conventions have for clients of generative AI: durations, time to first content, time between
 * pieces, tokens. Of every call, whatever sampling decides of its span; once, also in nested pipelines.
 *
 * @throws {OptionError} for options that cannot be right.
 *
 * @example
 * const chat = pipeline(openai(), tracing(), metering(), cache({ scope }), retry())
 */
export function metering(given?: MeteringOptions): Middleware<'metering', Reads> {
  const settings = checkOptions<MeteringOptions, typeof RULES>('metering', RULES, given)
  const layer = new MeteringLayer(settings)
  return middleware<'metering', MeteredPass | undefined, Reads>({
    name: 'metering',
    reads: [tracedFact.optional, usageFact, costFact, cacheFact],
    // no part of the type: who leaves metering out of a call misses nothing
    gives: [meteredFact] as readonly unknown[] as readonly [],
    data: dataOf<MeteringOptions>(RULES, settings),
    provide: (call) => layer.provide(call as object as MeteredCall),
    start: (call) => ownPass(call as object as MeteredCall),
    firstToken(call, event, pass) {
      if (pass && call.mode === 'stream') pass.firstContentAt = event.at
    },
    event: (_call, event, pass) => pass?.gaps?.event(event),
    note(call, note: Note) {
      if (detachedEndNote.is(note) && ownPass(call as object as MeteredCall))
        layer.detached(note.value.call, note.value.ending)
    },
    end(call, ending, pass) {
      if (pass) layer.end(call as object as MeteredCall, ending, pass)
    },
  })
}
