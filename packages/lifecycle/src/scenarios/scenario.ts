import type { AnyMiddleware, CallOptions } from '@cepa/core'
import type { Column } from '../matrix/column.ts'
import type { AnswerChange } from '../stage/answer.ts'
import type { GateName } from '../stage/gates.ts'
import type { SubjectGroup } from '../stage/layers.ts'
import type { World } from '../stage/world.ts'
import type { Expectation } from './expectation.ts'

/** What the caller of a cell got, as the act tells it. */
export interface Told {
  /** `done`, `left`, `threw …`, `rejected …`. */
  readonly how: string
  /** The text that it got. */
  readonly text: string
  /** Whatever else the scenario is about, by name; compared with `told` of the expectation. */
  readonly told?: Readonly<Record<string, unknown>>
}

/** Makes the layer that a scenario is about, and what stands beside it. */
export type SubjectMaker = (world: World) => SubjectGroup

/** What the caller does, and what happens around it. */
export type Act = (world: World) => Promise<Told>

/** A gate at which the provider waits: of every request, or of the one with this index. */
export type Held = GateName | `${GateName}#${number}`

/** A scenario in one mode: what is given, what happens, what must come of it. */
export interface Part {
  /** Gates that are closed when the call begins. */
  readonly hold?: readonly Held[]
  /** Gates that are closed over HTTP only, where the provider does not wait to be asked. */
  readonly holdOverHttp?: readonly Held[]
  /** How the answer to the request of this index differs from the standard one. */
  readonly answer?: AnswerChange | ((world: World, index: number) => AnswerChange)
  /** The layer that the scenario is about, and what stands beside it. Default: one that controls and changes nothing. */
  readonly subject?: SubjectMaker
  /** A middleware that stands just outside of the subject and what is beside it. Made anew for every cell. */
  readonly guest?: () => AnyMiddleware
  /** In process the provider answers at once where it can, at every position. Default: at half of them. */
  readonly sourceAtOnce?: boolean
  /** The subject's inside is a pipeline of its own. */
  readonly nested?: boolean
  readonly options?: CallOptions
  readonly unreadAfterMs?: number
  readonly act: Act
  readonly expect: Expectation
}

/** One row of the matrix: one way in which a call can go. */
export interface Scenario {
  readonly id: string
  readonly title: string
  /** The line of the printed matrix that it is part of. Default: one of its own. */
  readonly line?: string
  /** Rules of the contract that it holds the engine to, first of all. */
  readonly rules: readonly string[]
  /** The part for streams, or why there is none. */
  readonly stream: Part | string
  /** The part for whole answers, or why there is none. */
  readonly whole: Part | string
  /** The columns in which it is asked at all. Default: every one. */
  readonly asked?: (column: Column) => boolean
  /** Why it does not apply to a column, where it does not. */
  readonly not?: (column: Column) => string | undefined
}

/** Rows that belong together. */
export interface ScenarioGroup {
  readonly title: string
  readonly scenarios: readonly Scenario[]
}
