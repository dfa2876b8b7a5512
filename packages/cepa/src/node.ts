/**
 * What telemetry and the profiler have on Node alone: groups that calls find by themselves, the names of the diagnostics channels on which
 * the `telemetry()` of this package publishes there, and a `profiler()` that takes CPU profiles of slow calls.
 *
 * @module
 */
export { type CpuProfileOptions, type NodeProfilerOptions, profiler } from '@cepa/middleware-profiler/node'
export { CHANNELS, type ChannelMessages, type GroupScope, groupScope } from '@cepa/middleware-telemetry/node'
