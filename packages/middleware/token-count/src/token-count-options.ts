import {
  checkOptions,
  dataOf,
  flag,
  having,
  integer,
  list,
  Named,
  OptionError,
  type OptionRules,
  type PriceTable,
  type Rule,
  type Tokenizer,
  text,
} from '@cepa/core'
import type { AccountSettings } from './account.ts'
import { tokenxTokenizer } from './tokenx.ts'

/** What may be said for one call: `layers: { tokenCount: { estimate: false } }`. */
export interface TokenCountCallOptions {
  /** Whether what the provider did not tell is estimated. Default `true`; otherwise it stays unknown. */
  readonly estimate?: boolean
}

/** What {@link tokenCount} takes. All but `tokenizer` and `prices` is data. */
export interface TokenCountOptions extends TokenCountCallOptions {
  /** Counts what is estimated. Default: tokenx; `gptTokenizer()` of the subpath `gpt-tokenizer` counts exactly for newer OpenAI models. */
  readonly tokenizer?: Tokenizer
  /** Prices the attempts; without it there is no cost. `prices()` of `@cepa/prices` is one. */
  readonly prices?: PriceTable
  /** Attributes of calls (`tenant`, `feature`) that totals are kept by, beside provider and model. Default: none. */
  readonly by?: readonly string[]
  /** Distinct values that totals are kept for, of each label; further ones are counted as `other`. From 1 to 10,000, default 100. */
  readonly maxGroups?: number
  /** What an image in a request is estimated at, in tokens. Default 765: a picture of 1024 × 1024 at OpenAI. */
  readonly imageTokens?: number
}

const CALL = { estimate: flag({ default: true }) } satisfies OptionRules<TokenCountCallOptions>

/** Rules of the options for one call. */
export const CALL_RULES: OptionRules<TokenCountCallOptions> = CALL

/** A name can be shown in `explain()` and in what is told of a failure. */
const named = <T extends { readonly name: string }>(rule: Rule<T>): Rule<T> => ({
  ...rule,
  expects: `${rule.expects} and a name`,
  accepts: (value): value is T => rule.accepts(value) && typeof value.name === 'string' && value.name !== '',
})

const RULES = {
  ...CALL,
  tokenizer: named(having<Tokenizer>('count')),
  prices: named(having<PriceTable>('price')),
  by: list<string, { readonly default: readonly string[] }>(text(), { default: [] }),
  maxGroups: integer({ min: 1, max: 10_000, default: 100 }),
  imageTokens: integer({ min: 0, default: 765 }),
} satisfies OptionRules<TokenCountOptions>

/** Checked options. */
export interface TokenCountSettings extends AccountSettings {
  readonly by: readonly string[]
  readonly maxGroups: number
  /** The effective options as data; tokenizer and price table by their names, which may change when a table is brought up to date. */
  data(): Readonly<Record<string, unknown>>
}

/** @throws {OptionError} naming the option that cannot be right. */
export function checkTokenCountOptions(given: TokenCountOptions | undefined): TokenCountSettings {
  const checked = checkOptions<TokenCountOptions, typeof RULES>('tokenCount', RULES, given)
  const { estimate, tokenizer = tokenxTokenizer, prices, by, maxGroups, imageTokens } = checked
  checkLabels(by)
  const data = dataOf<TokenCountOptions>(RULES, checked)
  return {
    estimate,
    tokenizer,
    prices,
    by,
    maxGroups,
    imageTokens,
    data: () => ({
      ...data,
      tokenizer: new Named(tokenizer.name),
      ...(prices && { prices: new Named(prices.name) }),
    }),
  }
}

function checkLabels(by: readonly string[]): void {
  const taken = by.find((label, index) => label === 'provider' || label === 'model' || by.indexOf(label) !== index)
  if (taken === undefined) return
  throw new OptionError({
    owner: 'tokenCount',
    field: 'by',
    value: `a list with ${JSON.stringify(taken)} where it is taken`,
    remedy: 'it must name attributes of calls, each once; totals by provider and model are always kept',
  })
}
