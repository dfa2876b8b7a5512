import type { Finish, Operation } from '@cepa/core'
import type { FullFailure } from './failure.ts'
import type { Meter } from './meter.ts'
import type { Plan } from './plan.ts'
import type { SeenRequest, Step } from './script.ts'

/** One frame of an event stream, or one line where the wire has no events. */
export interface WireFrame {
  readonly event?: string
  readonly data: string
}

/** What a request asks for, as its wire says it. */
export interface WireAsk {
  readonly operation: Operation
  readonly mode: 'stream' | 'complete'
}

/** A failure in a provider's own words. */
export interface WireFailure {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: unknown
}

/** An answer as it is rendered: what the steps and the request say, and the meter that counts them. */
export interface WireContext {
  readonly plan: Plan
  readonly seen: SeenRequest
  readonly meter: Meter
}

/** Renders one streamed answer, step by step. */
export interface WireStream {
  /** What comes before the first step. */
  open(): readonly WireFrame[]
  /** One step that says something, `end` included. */
  step(step: Step): readonly WireFrame[]
  /** An error inside the answer. */
  fail(failure: FullFailure): readonly WireFrame[]
}

/**
 * A provider's wire format: how its requests are read and its answers written. `fakeServer` and `testAdapter` speak through it;
 * `openaiWire` and `anthropicWire` are ready.
 */
export interface Wire {
  readonly name: string
  /** Below the server's URL: what an adapter takes as its base URL. `/v1` or nothing. */
  readonly basePath: string
  readonly framing: 'sse' | 'ndjson'
  /** The finishes that it has words for, tool calls aside. Default: `stop`, `length`, `content-filter`. */
  readonly finishes?: readonly Finish[]
  /** What a POST asks for; `undefined` where nothing lives at the path. */
  ask(path: string, body: Readonly<Record<string, unknown>>): WireAsk | undefined
  /** What a GET, or a POST beside the operations, is answered with. */
  side?(method: string, path: string, body: Readonly<Record<string, unknown>>): unknown
  /** What the names of the provider's rate-limit headers begin with. Default: it has none. */
  readonly rateLimitPrefix?: string
  /** The response's headers, such as the provider's request id. */
  headers(plan: Plan): Readonly<Record<string, string>>
  stream(context: WireContext): WireStream
  /** A whole answer, chat or embed, as JSON data. The steps are those that say something. */
  whole(context: WireContext, steps: readonly Step[]): unknown
  failure(failure: FullFailure, plan: Plan): WireFailure
}

/** A clear error for a step that a wire has no words for. */
export const unsayable = (wire: string, step: Step): Error =>
  new Error(
    `the ${wire} wire has no words for the step ${JSON.stringify(Object.keys(step))}; use a raw step, or the provider in process`,
  )
