import type { Wire, WireFrame } from '@cepa/testing'
import type { Tokens } from '../account/tokens.ts'

/** What a provider has said of its tokens on the wire, in answer to one request. */
export interface ToldUsage {
  /** At the start of a stream. */
  start?: Tokens
  /** With all that came after it. */
  all?: Tokens
}

type Json = { readonly [name: string]: Json | number | null | undefined }

const numberIn = (from: Json | undefined, name: string): number | undefined => {
  const value = from?.[name]
  return typeof value === 'number' ? value : undefined
}

const known = (tokens: Readonly<Record<string, number | undefined>>): Tokens =>
  Object.fromEntries(Object.entries(tokens).filter(([, count]) => count !== undefined))

function openAiTokens(usage: Json): Tokens {
  return known({
    inputTokens: numberIn(usage, 'prompt_tokens'),
    outputTokens: numberIn(usage, 'completion_tokens'),
    cacheReadTokens: numberIn(usage.prompt_tokens_details as Json, 'cached_tokens'),
    reasoningTokens: numberIn(usage.completion_tokens_details as Json, 'reasoning_tokens'),
  })
}

function anthropicTokens(usage: Json): Tokens {
  const input = numberIn(usage, 'input_tokens')
  const cacheReadTokens = numberIn(usage, 'cache_read_input_tokens')
  const cacheWriteTokens = numberIn(usage, 'cache_creation_input_tokens')
  const inputTokens = input === undefined ? undefined : input + (cacheReadTokens ?? 0) + (cacheWriteTokens ?? 0)
  return known({ inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens: numberIn(usage, 'output_tokens') })
}

/** The usage in a message of either wire: its own, or that of the message within it. */
const usageIn = (body: unknown): Json | undefined => {
  const { usage, message } = (body ?? {}) as { usage?: Json | null; message?: { usage?: Json | null } }
  return usage ?? message?.usage ?? undefined
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * A wire that also writes down, by index of the request, what it says of tokens: the bytes that leave, not what was meant.
 *
 * @param told where it is written to.
 */
export function listeningTo(wire: Wire, told: Map<number, ToldUsage>): Wire {
  const tokensOf = wire.name === 'openai' ? openAiTokens : anthropicTokens
  const hear = (index: number, body: unknown, atStart: boolean): void => {
    const usage = usageIn(body)
    if (usage === undefined) return
    const before = told.get(index) ?? {}
    const all = { ...before.all, ...tokensOf(usage) }
    told.set(index, { ...before, all, ...(atStart && { start: all }) })
  }
  const hearAll = (index: number, frames: readonly WireFrame[], atStart = false): readonly WireFrame[] => {
    for (const { data } of frames) hear(index, parsed(data), atStart)
    return frames
  }
  return {
    ...wire,
    stream(context) {
      const { index } = context.seen
      const stream = wire.stream(context)
      return {
        open: () => hearAll(index, stream.open(), true),
        step: (step) => hearAll(index, stream.step(step)),
        fail: (failure) => hearAll(index, stream.fail(failure)),
      }
    },
    whole(context, steps) {
      const body = wire.whole(context, steps)
      hear(context.seen.index, body, false)
      return body
    },
  }
}
