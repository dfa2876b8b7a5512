import {
  type AnyFactKey,
  type AnyMiddleware,
  baggageFact,
  cacheFact,
  costFact,
  requestIdFact,
  timingFact,
  traceFact,
  traceparentFact,
  tracestateFact,
  usageFact,
} from '@cepa/core'
import { telemetryFact } from './telemetry-fact.ts'

/** The facts that telemetry reads, all of which may be missing. */
export type Reads = readonly [
  typeof requestIdFact.optional,
  typeof timingFact,
  typeof usageFact,
  typeof costFact,
  typeof cacheFact,
]

/** The facts that telemetry gives, as stacks see them. */
export type Gives = readonly [typeof traceFact]

export const READS: Reads = [requestIdFact.optional, timingFact, usageFact, costFact, cacheFact]

/** All that it gives: those that become headers only where they are to reach the provider. */
export function givesOf(propagate: boolean): Gives {
  const headers: readonly AnyFactKey[] = propagate ? [traceparentFact, tracestateFact, baggageFact] : []
  return [traceFact, telemetryFact, ...headers] as readonly AnyFactKey[] as Gives
}

/**
 * Whether a layer further in measures the time of the very calls that telemetry sees: none between them answers, repeats or changes
 * anything.
 */
export function timeIsMeasured(inside: readonly AnyMiddleware[]): boolean {
  const measuring = inside.findIndex(({ gives }) => gives.some(({ name }) => name === timingFact.name))
  return measuring >= 0 && inside.slice(0, measuring).every((layer) => layer['~spec'].handle === undefined)
}
