import { CepaError, type LogFields, ProviderError } from '@cepa/core'
import type { Clean } from './clean.ts'

/** Longest message and stack in bytes. */
const MAX_MESSAGE_BYTES = 1000
const MAX_STACK_BYTES = 4000
const MAX_CAUSES = 4

/** What a line says of an error. Texts are without secrets and cut. */
export interface ErrorFields extends LogFields {
  readonly errorName: string
  readonly errorMessage: string
  /** Stable code of the error's class, or the system's. */
  readonly errorCode?: string
  /** What went wrong at a provider: `rate-limit`, `network`, … */
  readonly errorKind?: string
  /** HTTP status. */
  readonly status?: number
  readonly retryable?: boolean
  /** How long the provider asked to wait, in milliseconds. */
  readonly retryAfterMs?: number
  readonly providerRequestId?: string
  /** What led to the error, nearest first. */
  readonly errorCause?: string
  /** Where it was thrown, for an error that is none of Cepa's own: it is a bug somewhere. */
  readonly errorStack?: string
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** An error, or whatever was thrown, in a few words. */
function shortly(thrown: unknown, clean: Clean): string {
  if (typeof thrown !== 'object' || thrown === null) return clean.text(String(thrown), 200)
  const { name, message, code } = thrown as { name?: unknown; message?: unknown; code?: unknown }
  const told = textOf(message)
  const codeText = typeof code === 'string' && !told.includes(code) ? ` (${code})` : ''
  return clean.text(`${textOf(name) || 'Error'}${told && `: ${told}`}${codeText}`, 200)
}

function causesOf(error: Error, clean: Clean): string | undefined {
  const causes: string[] = []
  let each: unknown = error.cause
  while (each !== undefined && each !== null && causes.length < MAX_CAUSES) {
    causes.push(shortly(each, clean))
    each = (each as { cause?: unknown }).cause
  }
  return causes.length === 0 ? undefined : causes.join(' ← ')
}

/** What a line says of an error: its message and those of its causes, never more of it. */
export function errorFields(error: Error, clean: Clean): ErrorFields {
  const { name, code } = error as Error & { code?: unknown }
  const provider = error instanceof ProviderError ? error : undefined
  const cause = causesOf(error, clean)
  const stack = error instanceof CepaError ? '' : textOf(error.stack)
  return {
    errorName: clean.text(textOf(name) || 'Error', 100),
    errorMessage: clean.text(textOf(error.message), MAX_MESSAGE_BYTES),
    ...(typeof code === 'string' && { errorCode: clean.text(code, 100) }),
    ...(provider && { errorKind: provider.kind, retryable: provider.retryable }),
    ...(provider?.status !== undefined && { status: provider.status }),
    ...(provider?.retryAfterMs !== undefined && { retryAfterMs: provider.retryAfterMs }),
    ...(provider?.providerRequestId !== undefined && {
      providerRequestId: clean.text(provider.providerRequestId, 200),
    }),
    ...(cause !== undefined && { errorCause: cause }),
    ...(stack !== '' && { errorStack: clean.text(stack, MAX_STACK_BYTES) }),
  }
}

/** What the platform calls an abort that nobody gave a reason for. */
const NO_REASON = /^(?:Abort|Error: ?$|AbortError\b)/

/** The code at the root of an error's causes, where its message does not say it: `ECONNREFUSED`. */
function rootCode({ errorCause, errorMessage }: ErrorFields): string {
  const code = errorCause?.match(/\b(?:E[A-Z]{3,}|[A-Z]+_[A-Z_]+)\b/g)?.at(-1)
  return code === undefined || errorMessage.includes(code) ? '' : ` (${code})`
}

/** An error as the sentence of a line says it: `rate-limit 429: Rate limit reached …`. */
export function errorText(fields: ErrorFields): string {
  const { errorCode, errorKind, errorName, errorMessage, errorCause, status } = fields
  if (errorCode === 'CEPA_ABORTED') {
    return errorCause === undefined || NO_REASON.test(errorCause) ? 'by its signal' : `by its signal: ${errorCause}`
  }
  // an attempt that broke later had begun well
  const what = `${errorKind ?? errorName}${status === undefined || status < 400 ? '' : ` ${status}`}`
  const because = errorKind === undefined ? errorCause && ` ← ${errorCause}` : rootCode(fields)
  return `${what}: ${errorMessage || 'no message'}${because ?? ''}`
}
