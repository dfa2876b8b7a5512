/**
 * What telemetry has on Node alone: groups that calls find by themselves, and the names of the diagnostics channels on which the
 * `telemetry()` of this package publishes there.
 *
 * @module
 */
export { CHANNELS, type ChannelMessages, type GroupScope, groupScope } from '@cepa/middleware-telemetry/node'
