import {
  group as fields,
  flag,
  func,
  list,
  type OptionRules,
  type Redactor,
  type Rule,
  type ScrubberOptions,
  text,
  textScrubber,
} from '@cepa/core'
import { fieldPaths } from './field-paths.ts'

/** What is taken out of everything that is written: the same as `telemetry({ redact })` takes. Keys of known forms go in any case. */
export interface TracingRedaction extends ScrubberOptions {
  /**
   * Fields that are not written, as paths in the call's record: `attributes.user`, `content.answers[*].reasoning`,
   * `*.providerRequestId`. Default: none.
   */
  readonly paths?: readonly string[]
  /** Changes captured content before it is scrubbed and cut; what it throws on is withheld. Default: none. */
  readonly content?: Redactor
}

const PATTERN: Rule<RegExp> = {
  expects: 'a regular expression',
  kind: 'function',
  accepts: (value): value is RegExp => value instanceof RegExp,
}

/** The rule of what may be redacted. */
export const REDACTION: Rule<TracingRedaction> = fields<TracingRedaction>({
  paths: list(text()),
  emails: flag(),
  cards: flag(),
  patterns: list(PATTERN),
  content: func<Redactor>(),
} satisfies OptionRules<TracingRedaction>)

/** Makes what a layer writes fit to be written. */
export class Redaction {
  /** Takes secrets out of a text. */
  readonly scrub: (text: string) => string
  /** Blanks fields of what is known of a call or a group, in a copy. */
  readonly fields: <T extends object>(value: T) => T
  readonly content: Redactor | undefined

  /** @throws {OptionError} for a path that is none. */
  constructor(given: Redactor | TracingRedaction = {}) {
    const { paths = [], content, ...scrubbed } = typeof given === 'function' ? { content: given } : given
    this.scrub = textScrubber(scrubbed)
    this.fields = fieldPaths(paths)
    this.content = content
  }
}
