import type { Publisher } from './hub/publisher.ts'
import { channelPublisher } from './node/channels.ts'

/** Where telemetry publishes beside its exporters: on Node, and on what is like it, its diagnostics channels. */
export const platformPublisher: Publisher | undefined = channelPublisher
