import type { Publisher } from './hub/publisher.ts'

/** Where telemetry publishes beside its exporters: outside of Node and what is like it, nowhere. */
export const platformPublisher: Publisher | undefined = undefined
