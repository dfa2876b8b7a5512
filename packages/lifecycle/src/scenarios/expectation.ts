import type { EndingKind } from '@cepa/core'
import type { Outcome } from '@cepa/testing'
import type { Via } from '../matrix/column.ts'

/** A value that may be another over HTTP, where the provider does not wait to be asked and bytes come in larger pieces. */
export type ByVia<T> = T | Readonly<Record<Via, T>>

/** Which usage is known: none, what was told in the middle, what was told with the finish, that of a replayed answer. */
export type KnownUsage = 'none' | 'running' | 'final' | 'cache'

/** What the ending of a pass or an attempt must say. */
export interface PassSpec {
  readonly kind: EndingKind
  /** How many pieces of the standard answer have passed. Default: 0. */
  readonly pieces?: ByVia<number>
  /** What has passed where it is not the standard pieces; small letters, which the capitals of the stack's own layer follow. */
  readonly text?: string
  /** Which usage is known. Default: what the provider had told by then. */
  readonly usage?: ByVia<KnownUsage>
  readonly error?: ByVia<string>
  /** When it ends, in milliseconds since the cell began. Default: that of the expectation. */
  readonly atMs?: number
}

/** What an attempt must say. */
export interface AttemptSpec extends PassSpec {
  /** Default: `true`. */
  readonly won?: boolean
  readonly reason?: string
  /** It belongs to a detached call. */
  readonly detached?: boolean
}

/** What the provider must have seen of one request. */
export interface UpstreamSpec {
  readonly outcome: ByVia<Outcome>
  /** How many pieces it had handed out; absent where it had not accepted the request. */
  readonly pieces?: ByVia<number>
  readonly atMs?: number
}

/** One pass, several in the order in which they began, or none. */
export type Passes = PassSpec | readonly PassSpec[]

/** How the passes of the layers end, by where the layers stand. The first that fits a layer holds; one for which none fits is not entered. */
export interface LayerSpecs {
  /** Single layers by their names. */
  readonly named?: Readonly<Record<string, Passes>>
  readonly outside?: Passes
  readonly subject?: Passes
  readonly inside?: Passes
  /** Layers out to the first that controls; and those further in. */
  readonly firstStretch?: Passes
  readonly everywhere?: Passes
}

/** A hook of the subject that must be told as broken, once per pass. */
export interface FaultSpec {
  readonly hook: string
  /** Faults in `note` hooks are not told as notes. */
  readonly reportedOnly?: boolean
}

/** What must come of a scenario: a specification, made of rules and not of what was observed. */
export interface Expectation {
  readonly caller: { readonly how: ByVia<string>; readonly pieces?: ByVia<number>; readonly text?: string }
  readonly layers: LayerSpecs
  readonly attempts: readonly AttemptSpec[]
  readonly upstream: readonly UpstreamSpec[]
  readonly faults?: readonly FaultSpec[]
  readonly told?: Readonly<Record<string, unknown>>
  /** When everything ends, in milliseconds since the cell began. Default: 0, without any time going by. */
  readonly atMs?: number
}

type More = Partial<Omit<AttemptSpec, 'kind'>>

/** All four pieces and the end have passed. */
export const done = (more: More = {}): AttemptSpec => ({ kind: 'done', pieces: 4, ...more })

/** An error has crossed. */
export const failed = (error: ByVia<string>, pieces: ByVia<number> = 0, more: More = {}): AttemptSpec => ({
  kind: 'failed',
  error,
  pieces,
  ...more,
})

/** The signal of the pass's own call has fired. */
export const aborted = (pieces: ByVia<number> = 0, more: More = {}): AttemptSpec => ({
  kind: 'aborted',
  error: 'AbortError',
  pieces,
  ...more,
})

/** What is outside has left. */
export const abandoned = (pieces: ByVia<number> = 0, more: More = {}): AttemptSpec => ({
  kind: 'abandoned',
  pieces,
  ...more,
})

/** Nobody has asked for an event. */
export const unread = (pieces: ByVia<number> = 0, more: More = {}): AttemptSpec => ({ kind: 'unread', pieces, ...more })

/** The attempt's answer is not the caller's. */
export const lost = (attempt: AttemptSpec): AttemptSpec => ({ ...attempt, won: false })

/** Every layer, the attempt and the provider end alike. */
export const allEnd = (
  how: ByVia<string>,
  ending: AttemptSpec,
  upstream: UpstreamSpec,
): Pick<Expectation, 'caller' | 'layers' | 'attempts' | 'upstream'> => ({
  caller: { how, pieces: ending.pieces ?? 0 },
  layers: { everywhere: ending },
  attempts: [ending],
  upstream: [upstream],
})

/** What comes of a call that is read to its end. */
export const READ_TO_END: ReturnType<typeof allEnd> = allEnd('done', done(), { outcome: 'ended', pieces: 4 })
