import { type Checked, checkOptions, dataOf, Named, OptionError, type OptionRules, systemClock } from '@cepa/core'
import type { CallSettings, Capture, TelemetryLevel } from './call-settings.ts'
import { withEnvironment } from './environment.ts'
import { compileFilter, FILTER, type RecordFilter } from './filter.ts'
import { exporterOf } from './hub/exporter-use.ts'
import {
  CAPTURE,
  LEVEL,
  RATIO,
  RULES,
  type SampleOptions,
  type TelemetryCallOptions,
  type TelemetryOptions,
} from './options.ts'
import { type Problem, reportToConsole } from './problem.ts'

type Defaulted = 'name' | 'exporters' | 'maxContentBytes' | 'redact' | 'propagate' | 'deadlineMs' | 'clock' | 'report'

/** Options as they hold, with every default; what calls are told stands in {@link Live}. */
export type Settings = TelemetryOptions & Required<Pick<TelemetryOptions, Defaulted>>

/** What `telemetry.update()` takes; what is left out stays. */
export interface TelemetryUpdate {
  readonly level?: TelemetryLevel
  /** Share of traces that is kept, from 0 to 1. */
  readonly ratio?: number
  readonly capture?: Capture
  /** `null` takes the filter away. */
  readonly filter?: RecordFilter | null
}

/** Says each problem once for each place; again when half an hour has passed. */
const AGAIN_MS = 1_800_000

function onceInAWhile(report: (problem: Problem) => void, now: () => number): (problem: Problem) => void {
  const said = new Map<string, number>()
  return (problem) => {
    const last = said.get(problem.where)
    if (last !== undefined && now() - last < AGAIN_MS) return
    said.set(problem.where, now())
    report(problem)
  }
}

/** Checks options, fills in what the environment says and then the defaults. @throws {OptionError} */
export function settingsOf(given: TelemetryOptions | undefined): Settings {
  const checked: Checked<TelemetryOptions, typeof RULES> = checkOptions<TelemetryOptions, typeof RULES>(
    'telemetry',
    RULES,
    given,
  )
  const options = withEnvironment(checked)
  checkKey(options.capture, options.hashKey)
  const clock = options.clock ?? systemClock
  return {
    ...options,
    name: options.name ?? 'telemetry',
    exporters: options.exporters ?? [],
    maxContentBytes: options.maxContentBytes ?? 16_384,
    redact: options.redact ?? {},
    propagate: options.propagate ?? false,
    deadlineMs: options.deadlineMs ?? 10_000,
    clock,
    report: options.report ?? onceInAWhile(reportToConsole, () => clock.now()),
  }
}

/** Hashes without a key could be undone by trying texts. */
function checkKey(capture: Capture | undefined, hashKey: string | undefined): void {
  if (capture !== 'hashes' || hashKey !== undefined) return
  const remedy = 'hashes need a hashKey of at least 16 characters'
  throw new OptionError({ owner: 'telemetry', field: 'capture', value: '"hashes"', remedy })
}

/** What `explain()` shows of the settings. */
export function dataOfSettings(settings: Settings): Readonly<Record<string, unknown>> {
  const { name: _, ...data } = dataOf<TelemetryOptions>(RULES, settings)
  const exporters = settings.exporters.map((each) => new Named(exporterOf(each).name))
  return { level: 'notes', capture: 'none', ...data, exporters }
}

const UPDATE_RULES: OptionRules<TelemetryUpdate> = {
  level: LEVEL,
  ratio: RATIO,
  capture: CAPTURE,
  filter: { ...FILTER, accepts: (value): value is RecordFilter | null => value === null || FILTER.accepts(value) },
}

const samplingOf = ({
  ratio = 1,
  keepErrors = true,
  slowMs,
  costlyUsd,
}: SampleOptions = {}): CallSettings['sampling'] => ({
  ratio,
  keepErrors,
  slowMs,
  costlyUsd,
})

/** What may be changed while calls run: each call has what held when it began. */
export class Live {
  readonly #hashKey: string | undefined
  #current: CallSettings

  constructor({ level = 'notes', capture = 'none', sample, filter, hashKey }: Settings) {
    this.#hashKey = hashKey
    this.#current = { level, capture, sampling: samplingOf(sample), filter: compileFilter(filter), keep: false }
  }

  /** What holds for a call that begins now. */
  for(options: TelemetryCallOptions | undefined): CallSettings {
    if (options === undefined) return this.#current
    const { level, capture, keep } = options
    if (capture !== undefined) checkKey(capture, this.#hashKey)
    return {
      ...this.#current,
      ...(level !== undefined && { level }),
      ...(capture !== undefined && { capture }),
      ...(keep !== undefined && { keep }),
    }
  }

  /** Changes what holds from the next call on. @throws {OptionError} */
  update(given: TelemetryUpdate): void {
    const { level, ratio, capture } = checkOptions<TelemetryUpdate, typeof UPDATE_RULES>(
      'telemetry.update',
      UPDATE_RULES,
      given,
    )
    if (capture !== undefined) checkKey(capture, this.#hashKey)
    const current = this.#current
    this.#current = {
      ...current,
      level: level ?? current.level,
      capture: capture ?? current.capture,
      sampling: ratio === undefined ? current.sampling : { ...current.sampling, ratio },
      filter: given.filter === undefined ? current.filter : compileFilter(given.filter ?? undefined),
    }
  }
}
