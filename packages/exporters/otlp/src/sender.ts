import type { Agent } from 'node:http'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Clock } from '@cepa/core'
import { context } from '@opentelemetry/api'
import { suppressTracing } from '@opentelemetry/core'
import type { Codec } from './codec.ts'
import { type Answer, isTaken, post } from './http/post.ts'
import { isRetryable, refusalOf } from './http/refusal.ts'
import { retryAfterMs } from './http/retry-after.ts'
import type { OtlpSignal } from './signal.ts'
import type { Target } from './target.ts'

const compress = promisify(gzip)

/** What became of what was sent; a value, never a throw. */
export type Sent =
  | { readonly ok: true; readonly rejected: number; readonly warning?: string }
  | { readonly ok: false; readonly error: Error; readonly retry: boolean; readonly retryAfterMs?: number }

/** What a sender is made of. */
export interface SenderOptions<T> {
  /** The exporter's name, for errors. */
  readonly exporter: string
  readonly signal: OtlpSignal
  readonly target: Target
  readonly codec: Codec<T>
  readonly clock: Clock
}

/** What the address may show: no user, no password, no query. */
const shownUrl = ({ origin, pathname }: URL): string => `${origin}${pathname}`

/** Certificates, and what speaks no TLS, do not become right by trying again. */
const isForGood = (code: unknown): boolean =>
  typeof code === 'string' && /CERT|SIGNATURE|^EPROTO$|^ERR_(?:TLS|INVALID|HTTP_INVALID)/.test(code)

/** Sends one signal: encodes, compresses, posts, understands the answer. Its own requests are never traced. */
export class Sender<T> {
  readonly #options: SenderOptions<T>
  #agent: Agent | undefined

  constructor(options: SenderOptions<T>) {
    this.#options = options
  }

  /** Sends, within the target's time limit and as long as `signal` lets it. Never rejects. */
  async send(items: T, signal?: AbortSignal): Promise<Sent> {
    const { codec } = this.#options
    try {
      return await this.#deliver(codec.encode(items), signal)
    } catch (error) {
      // what cannot be written now cannot be written later
      return this.#failed(error, false)
    }
  }

  async #deliver(bytes: Uint8Array, signal: AbortSignal | undefined): Promise<Sent> {
    const { clock, target } = this.#options
    const { timeoutMs, compression } = target
    const timer = new AbortController()
    const late = (): void => timer.abort(new Error(`no answer within ${timeoutMs} ms`))
    const cancel = clock.setTimer(timeoutMs, late, { background: true })
    const ends = signal ? AbortSignal.any([signal, timer.signal]) : timer.signal
    try {
      const body = compression === 'gzip' ? await compress(bytes) : bytes
      return this.#understood(await this.#exchange(body, ends))
    } catch (error) {
      return this.#failed(ends.aborted ? ends.reason : error)
    } finally {
      cancel()
    }
  }

  /** Lets go of idle connections. */
  close(): void {
    this.#agent?.destroy()
  }

  async #exchange(body: Uint8Array, signal: AbortSignal): Promise<Answer> {
    const { target, codec } = this.#options
    const { url } = target
    this.#agent ??= await target.agent(url.protocol)
    const headers = {
      ...(await target.headers()),
      'content-type': codec.contentType,
      ...(target.compression === 'gzip' && { 'content-encoding': 'gzip' }),
    }
    const agent = this.#agent
    signal.throwIfAborted()
    // an application that traces its HTTP requests must not trace this one, whose span would be sent by another one
    return context.with(suppressTracing(context.active()), () => post({ url, headers, body, agent, signal }))
  }

  #understood(answer: Answer): Sent {
    const { status } = answer
    if (isTaken(status)) {
      const { rejected = 0, message = '' } = this.#options.codec.decode(answer.body) ?? {}
      if (message === '' && rejected === 0) return { ok: true, rejected }
      const warning = this.#sentence(`${rejected} rejected${message === '' ? '' : `: ${message}`}`)
      return { ok: true, rejected, warning }
    }
    const waitMs = retryAfterMs(answer.retryAfter, this.#options.clock.epochMs())
    return {
      ok: false,
      error: Object.assign(new Error(this.#sentence(refusalOf(answer))), { status }),
      retry: isRetryable(status),
      ...(waitMs !== undefined && { retryAfterMs: waitMs }),
    }
  }

  #failed(thrown: unknown, again: boolean = true): Sent {
    const cause = thrown instanceof Error ? thrown : new Error(String(thrown))
    const { code } = cause as NodeJS.ErrnoException
    const why = cause.message === '' ? (code ?? cause.name) : cause.message
    const error = new Error(this.#sentence(why), { cause })
    const retry = again && !isForGood(code)
    return { ok: false, error: code === undefined ? error : Object.assign(error, { code }), retry }
  }

  #sentence(why: string): string {
    const { exporter, signal, target } = this.#options
    return `exporter ${exporter} sending ${signal} to ${shownUrl(target.url)}: ${why}`
  }
}
