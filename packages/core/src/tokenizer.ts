/**
 * Counts the tokens of a text, exactly or about. `tokenCount()` of `@cepa/middleware-token-count` asks one for what a provider does not
 * tell.
 *
 * @example
 * const byLength: Tokenizer = { name: 'four characters', count: (text) => Math.ceil(text.length / 4) }
 */
export interface Tokenizer {
  /** Shown by `explain()`. */
  readonly name: string
  /** The number of tokens of a text; a whole number of at least 0. Called synchronously, also with long texts. */
  count(text: string): number
}
