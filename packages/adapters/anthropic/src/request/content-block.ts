import { OptionError, type TextPart } from '@cepa/core'

/** A content block in the API's form. */
export type Block = Readonly<Record<string, unknown>>

/** Where in the request something stands, for errors. */
export interface Place {
  readonly provider: string
  readonly field: string
}

type Options = Readonly<Record<string, unknown>> | undefined

/**
 * A part's block with what the part says to this provider alone, such as a prompt-caching mark. Options that name a `type` are a
 * block of their own, in place of the part.
 */
export const blockWith = (block: Block, options: Options): Block =>
  options?.type === undefined ? { ...block, ...options } : options

/** Text as a block. */
export const textBlock = ({ text, providerOptions }: TextPart): Block =>
  blockWith({ type: 'text', text }, providerOptions)

/** Text as it may stand for itself, or as blocks. */
export const textBlocks = (content: string | readonly TextPart[]): string | readonly Block[] =>
  typeof content === 'string' ? content : content.map(textBlock)

/** What the API has no block for. */
export const unsupported = ({ provider, field }: Place, value: string, remedy: string): OptionError =>
  new OptionError({ owner: provider, field, value: `${value}, which the Messages API does not take`, remedy })
