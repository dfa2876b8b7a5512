import type { CpuProfiler, Instruments } from '../instruments.ts'
import { makeProfiler, type Profiler } from '../profiler.ts'
import { CpuProfiles } from './cpu-profiles.ts'
import { EventLoopDelayMonitor } from './event-loop-delay.ts'
import { type NodeProfilerOptions, type NodeSettings, nodeSettingsOf } from './options.ts'
import { ProfileFolder } from './profile-folder.ts'

export type { CpuProfileOptions, NodeProfilerOptions } from './options.ts'

function cpuProfiler({ name, cpuProfile, report }: NodeSettings): CpuProfiler | undefined {
  if (cpuProfile === undefined) return undefined
  const { folder: path, maxFiles, maxMs, intervalUs } = cpuProfile
  const failed = (error: Error): void => report({ where: 'cpuProfile', error })
  return new CpuProfiles({ folder: new ProfileFolder({ path, name, maxFiles }), maxMs, intervalUs, failed })
}

function instrumentsOf(settings: NodeSettings): Instruments {
  const cpu = cpuProfiler(settings)
  // nobody else is told of it
  const watches = settings.eventLoopDelay && settings.onSlowCall !== undefined
  return { ...(watches && { eventLoop: new EventLoopDelayMonitor() }), ...(cpu && { cpu }) }
}

/**
 * The same as the main entry's `profiler()`, and tells with a slow call how late the event loop was while it ran, which tells a slow
 * process from a slow provider. Takes CPU profiles of slow calls where it is told a folder for them.
 *
 * @throws {OptionError} for options that cannot be right.
 *
 * @example
 * const profile = profiler({
 *   slowMs: 5_000,
 *   cpuProfile: { folder: 'profiles' },
 *   onSlowCall: ({ eventLoopDelay, cpuProfile }) => console.warn(eventLoopDelay?.maxMs, cpuProfile?.path),
 * })
 */
export const profiler = <const TName extends string = 'profiler'>(
  options?: NodeProfilerOptions<TName>,
): Profiler<TName> => {
  const settings = nodeSettingsOf(options)
  return makeProfiler(settings, instrumentsOf(settings))
}
