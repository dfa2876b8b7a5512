import { checkOptions, dataOf, flag, group, integer, number, type OptionRules, required, text } from '@cepa/core'
import { type CheckedOptions, PROFILER_RULES, type ProfilerOptions, type Settings, settingsFrom } from '../options.ts'

/** How CPU profiles of slow calls are taken. */
export interface CpuProfileOptions {
  /** Where the `.cpuprofile` files go; made when the first one is written. */
  readonly folder: string
  /** Most files that are kept there, of this profiler by its name; the oldest go. From 1 to 1,000, default 10. */
  readonly maxFiles?: number
  /** Longest time of one profile, in milliseconds; one that has come to it is written in any case. Default: 10,000. */
  readonly maxMs?: number
  /** Microseconds between two samples. Default: 1,000. */
  readonly intervalUs?: number
}

/** What the `profiler()` of Node's entry takes. */
export interface NodeProfilerOptions<TName extends string = string> extends ProfilerOptions<TName> {
  /** Takes CPU profiles of slow calls, one at a time, from when a call has run past its threshold. Default: none. */
  readonly cpuProfile?: CpuProfileOptions
  /** Tells `onSlowCall` the delay of the event loop. Default: `true`. */
  readonly eventLoopDelay?: boolean
}

const CPU_PROFILE_RULES = {
  folder: required(text()),
  maxFiles: integer({ min: 1, max: 1000, default: 10 }),
  maxMs: number({ min: 1, default: 10_000 }),
  intervalUs: integer({ min: 50, default: 1000 }),
} satisfies OptionRules<CpuProfileOptions>

const NODE_RULES = {
  ...PROFILER_RULES,
  cpuProfile: group<CpuProfileOptions>(CPU_PROFILE_RULES),
  eventLoopDelay: flag({ default: true }),
} satisfies OptionRules<NodeProfilerOptions>

/** Options as they hold, with every default. */
export interface NodeSettings extends Settings {
  readonly cpuProfile: Required<CpuProfileOptions> | undefined
  readonly eventLoopDelay: boolean
}

/** Checks options and fills in the defaults. @throws {OptionError} */
export function nodeSettingsOf(given: NodeProfilerOptions | undefined): NodeSettings {
  const checked = checkOptions<NodeProfilerOptions, typeof NODE_RULES>('profiler', NODE_RULES, given)
  const { cpuProfile: asked } = checked
  // what a group leaves out is filled in by its own rules
  const cpuProfile =
    asked && checkOptions<CpuProfileOptions, typeof CPU_PROFILE_RULES>('profiler', CPU_PROFILE_RULES, asked)
  const data = dataOf<NodeProfilerOptions>(NODE_RULES, { ...checked, ...(cpuProfile && { cpuProfile }) })
  const settings = settingsFrom(checked as NodeProfilerOptions as CheckedOptions, data)
  return { ...settings, cpuProfile, eventLoopDelay: checked.eventLoopDelay }
}
