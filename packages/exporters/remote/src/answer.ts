import type { ExportResult } from '@cepa/core'
import type { RemoteResponse } from './fetch.ts'

/** Most of an answer that is read so that its connection can serve again, in bytes. */
const MAX_READ_BYTES = 65_536

/** What may go well another time: it was too slow, too early, too much, or the server's own fault. */
const AGAIN: ReadonlySet<number> = new Set([408, 425, 429])

const mayPass = (status: number): boolean => AGAIN.has(status) || (status >= 500 && status !== 501 && status !== 505)

/**
 * How long a server asks to wait, in milliseconds.
 *
 * @param value of the header `retry-after`: seconds, or a date.
 * @see https://www.rfc-editor.org/rfc/rfc9110.html#field.retry-after
 */
export function waitOf(value: string | null, nowEpochMs: number): number | undefined {
  const told = value?.trim() ?? ''
  if (/^\d+$/.test(told)) return Number(told) * 1000
  const date = /^[A-Za-z]{3}/.test(told) ? Date.parse(told) : Number.NaN
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowEpochMs)
}

/** What a status means for a batch. Nothing that the server says in words is repeated: it may repeat keys and records. */
export function resultOf(response: RemoteResponse, to: string, nowEpochMs: number): ExportResult {
  const { status, headers } = response
  if (status >= 200 && status < 300) return { ok: true }
  const error = Object.assign(new Error(`${to} answered ${status}${hintOf(status)}`), { status })
  if (!mayPass(status)) return { ok: false, error, retry: false }
  const retryAfterMs = waitOf(headers.get('retry-after'), nowEpochMs)
  return { ok: false, error, retry: true, ...(retryAfterMs !== undefined && { retryAfterMs }) }
}

function hintOf(status: number): string {
  if (status >= 300 && status < 400) return '; redirects are not followed, give the address that it leads to'
  if (status === 413) return '; the batch is too large for it, see maxBatchBytes'
  return ''
}

/** Reads the rest of an answer away, or leaves it where it is long. What goes wrong there does not matter any more. */
export async function readAway({ body }: RemoteResponse): Promise<void> {
  if (body === null) return
  try {
    const reader = body.getReader()
    for (let bytes = 0; bytes <= MAX_READ_BYTES; ) {
      const { done, value } = await reader.read()
      if (done) return
      bytes += value?.length ?? 0
    }
    await reader.cancel()
  } catch {
    // the status is known, and that is what counts
  }
}
