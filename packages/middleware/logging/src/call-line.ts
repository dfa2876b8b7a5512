import type { UsageSource } from '@cepa/core'
import type { CallFields } from './call-fields.ts'
import { type ErrorFields, errorText } from './error-fields.ts'
import { bytesText, countText, durationText, usdText } from './quantities.ts'

/** Below this share of the time, and this time in milliseconds, what the reader took is not worth words. */
const READER_SHARE = 0.5
const READER_MS = 1000

const AFTERWORDS: Readonly<Partial<Record<CallFields['ending'], string>>> = {
  abandoned: 'its reader left',
  unread: 'nobody read it',
}

function outcome(fields: CallFields, slowMs: number | undefined): string {
  const { ending, ms, firstTokenMs, consumerMs } = fields
  const asides = [
    slowMs !== undefined && `slow: over ${durationText(slowMs)}`,
    firstTokenMs !== undefined && `first token ${durationText(firstTokenMs)}`,
    ending !== 'unread' &&
      consumerMs > READER_MS &&
      consumerMs > ms * READER_SHARE &&
      `the reader took ${durationText(consumerMs)}`,
  ].filter(Boolean)
  const time = `${ending} ${ending === 'done' ? 'in' : 'after'} ${durationText(ms)}`
  const aside = asides.length === 0 ? time : `${time} (${asides.join(', ')})`
  const { errorMessage } = fields
  if (errorMessage !== undefined) return `${aside}: ${errorText(fields as CallFields & ErrorFields)}`
  const afterword = fields.reason ?? AFTERWORDS[ending]
  return afterword === undefined ? aside : `${aside}: ${afterword}`
}

/** A word for numbers that are not, or not only, the provider's own. */
const about = (source: UsageSource | undefined): string =>
  source === 'estimate' || source === 'partial' ? 'about ' : ''

/** Below this time, in milliseconds, a speed is chance. */
const SPEED_MS = 100

function speed({ outputTokensPerSecond, ms, firstTokenMs = 0 }: CallFields): string {
  if (outputTokensPerSecond === undefined || ms - firstTokenMs < SPEED_MS) return ''
  return ` (${Math.round(outputTokensPerSecond)}/s)`
}

function tokens(fields: CallFields): string | false {
  const { operation, inputTokens, outputTokens, usageSource } = fields
  if (inputTokens === undefined && outputTokens === undefined) return false
  const output = operation === 'embed' ? '' : ` → ${countText(outputTokens)}`
  return `${about(usageSource)}${countText(inputTokens)}${output} tokens${speed(fields)}`
}

/** What was sent, and what came back. */
function sizes({ bytesSent, bytesReceived }: CallFields): string | false {
  if (bytesSent === undefined && bytesReceived === undefined) return false
  return `${bytesText(bytesSent)} → ${bytesText(bytesReceived)}`
}

function cost({ costUsd, costUnknown, costBasis }: CallFields): string | false {
  if (costUsd !== undefined) return about(costBasis) + usdText(costUsd)
  return costUnknown !== undefined && 'cost unknown'
}

function cached({ cache, cacheAgeMs }: CallFields): string | false {
  if (cache === undefined || cache === 'bypass') return false
  return `cache ${cache}${cacheAgeMs === undefined ? '' : `, ${durationText(cacheAgeMs)} old`}`
}

function finished({ finish }: CallFields): string | false {
  if (finish === undefined || finish === 'stop') return false
  return finish === 'tool-calls' ? 'tool calls' : `finish ${finish}`
}

/** What was called, as a line names it: `openai/gpt-4o`. */
export const targetOf = ({ provider, model }: { readonly provider?: string; readonly model: string }): string =>
  provider === undefined ? model : `${provider}/${model}`

/**
 * The sentence of a finished call: what was called, how it ended, and what is unusual about it.
 *
 * @param slowMs the limit that the call went over, where it did.
 */
export function callLine(fields: CallFields, slowMs?: number): string {
  const { attempts, attributes, detached, providerRequestId, errorMessage } = fields
  const parts = [
    `${targetOf(fields)}${detached === undefined ? '' : ` (in the background: ${detached})`} ${outcome(fields, slowMs)}`,
    tokens(fields),
    sizes(fields),
    cost(fields),
    cached(fields),
    finished(fields),
    attempts > 1 && `${attempts} attempts`,
    errorMessage !== undefined && providerRequestId !== undefined && `provider request ${providerRequestId}`,
    ...Object.entries(attributes ?? {}).map(([name, value]) => `${name}=${value}`),
  ]
  return parts.filter(Boolean).join(' · ')
}
