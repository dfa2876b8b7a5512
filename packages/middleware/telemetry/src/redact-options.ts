import { flag, func, list, type OptionRules, type Redactor, type Rule, type ScrubberOptions, text } from '@cepa/core'

/** What is taken out of everything that leaves. Keys and tokens of known forms are taken out in any case. */
export interface RedactOptions extends ScrubberOptions {
  /**
   * Fields of records, groups and notes that are replaced, as paths: `attributes.user`, `content.answers[*].reasoning`,
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

/** The rules of what may be redacted. */
export const REDACT_RULES: OptionRules<RedactOptions> = {
  paths: list(text()),
  emails: flag(),
  cards: flag(),
  patterns: list(PATTERN),
  content: func<Redactor>(),
}
