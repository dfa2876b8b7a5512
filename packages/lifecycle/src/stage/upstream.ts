import type { Adapter } from '@cepa/core'
import type { Charged, Outcome, Script, VirtualClock } from '@cepa/testing'
import type { Mode } from '../matrix/column.ts'

/** What a provider tells of one request. */
export interface UpstreamRequest {
  readonly outcome: Outcome
  readonly charged: Charged
  readonly endedAt?: number
  /** Events in process, bytes of the body over HTTP. */
  readonly handedOut: number
  /** Rules that the engine broke towards it, in words. */
  readonly broken: readonly string[]
}

/** What is open at the provider's side of a cell that is over. */
export interface UpstreamLeft {
  /** Answers that have neither ended nor been left. */
  readonly answers: number
  readonly sockets: number
  /** Timers, sockets and servers of this process that were not there before. */
  readonly handles: readonly string[]
}

/** The provider of a cell with its adapter. */
export interface Upstream {
  readonly adapter: Adapter
  /** Whether the adapter tells usage before the finish. */
  tellsRunningUsage(mode: Mode): boolean
  readonly requests: readonly UpstreamRequest[]
  /** Resolves when the network has carried what was on its way. */
  carried(): Promise<void>
  /** Resolves when every answer has ended one way or another, or will not. */
  settled(): Promise<void>
  /** Ends the provider; tells what the engine left open. */
  release(): Promise<UpstreamLeft>
}

/** What the provider of a cell needs. */
export interface UpstreamParts {
  readonly script: Script
  readonly clock: VirtualClock
  /** In process: whether pulls that need not wait are answered in a promise all the same. */
  readonly asynchronous: boolean
}

/** Starts the provider of a cell. */
export type StartUpstream = (parts: UpstreamParts) => Promise<Upstream>
