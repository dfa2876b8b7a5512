import type { TelemetryOptions } from '../options.ts'
import { makeTelemetry, type Telemetry } from '../telemetry.ts'
import { channelPublisher } from './channels.ts'

export { CHANNELS, type ChannelMessages } from './channels.ts'
export { type GroupScope, groupScope } from './group-scope.ts'

/**
 * The main entry's `telemetry()`, which publishes on Node's diagnostics channels, also where a bundler has taken the main entry for
 * something else than Node: `cepa:call`, `cepa:group` and `cepa:note`, for monitoring agents that know nothing of Cepa. Every record,
 * redacted, without content, before level, filter and sample; in a later task. Costs nothing while nobody subscribes.
 *
 * @throws {OptionError} for options, or environment variables that stand for them, that cannot be right.
 *
 * @example
 * subscribe('cepa:call', (record) => agent.report(record))
 */
export const telemetry = <const TName extends string = 'telemetry'>(
  options?: TelemetryOptions<TName>,
): Telemetry<TName> => makeTelemetry(options, channelPublisher)
