import type { FetchHeaders, FetchInit, FetchResponse } from './fetch.ts'
import { NodeBody } from './node-body.ts'

/** The hold on a running request that undici gives. */
export interface DispatchController {
  pause(): void
  resume(): void
  abort(reason: Error): void
}

/** What undici tells of a running request. */
export interface DispatchHandler {
  onRequestStart(controller: DispatchController): void
  onResponseStart(controller: DispatchController, status: number, headers: RawHeaders): void
  onResponseData(controller: DispatchController, chunk: Uint8Array): void
  onResponseEnd(): void
  onResponseError(controller: DispatchController | null, error: Error): void
}

type RawHeaders = Readonly<Record<string, string | string[] | undefined>>

/** The limits in milliseconds that an error may have to name. */
export interface ExchangeLimits {
  readonly connectTimeoutMs?: number
  readonly headersTimeoutMs?: number
  readonly bodyTimeoutMs?: number
}

/** One request on undici's dispatcher and its answer. */
export class NodeExchange implements DispatchHandler {
  #signal: FetchInit['signal']
  #sent: FetchInit['sent']
  #limits: ExchangeLimits
  #controller: DispatchController | undefined
  #body: NodeBody | undefined
  #wireBytes = 0
  #settle: { resolve: (response: FetchResponse) => void; reject: (error: unknown) => void } | undefined
  #aborted: Error | undefined

  constructor({ signal, sent }: Pick<FetchInit, 'signal' | 'sent'>, limits: ExchangeLimits) {
    this.#signal = signal
    this.#sent = sent
    this.#limits = limits
  }

  run(dispatch: (handler: DispatchHandler) => void): Promise<FetchResponse> {
    return new Promise((resolve, reject) => {
      if (this.#signal.aborted) return reject(this.#signal.reason)
      this.#settle = { resolve, reject }
      this.#signal.addEventListener('abort', this.#onAbort)
      try {
        dispatch(this)
      } catch (error) {
        this.onResponseError(null, error as Error)
      }
    })
  }

  onRequestStart(controller: DispatchController): void {
    this.#controller = controller
    if (this.#aborted) controller.abort(this.#aborted)
    // undici writes headers and body in the same turn
    else this.#sent?.()
  }

  onResponseStart(controller: DispatchController, status: number, headers: RawHeaders): void {
    if (status < 200 || this.#settle === undefined) return
    const { resolve } = this.#settle
    this.#settle = undefined
    const body = new NodeBody(controller, String(headers['content-encoding'] ?? ''), () => this.#unlisten())
    this.#body = body
    resolve({
      status,
      headers: headersOf(headers),
      body: { getReader: () => body },
      wireBytes: () => this.#wireBytes,
    })
  }

  onResponseData(_controller: DispatchController, chunk: Uint8Array): void {
    this.#wireBytes += chunk.length
    this.#body?.write(chunk)
  }

  onResponseEnd(): void {
    this.#body?.end()
  }

  onResponseError(_controller: DispatchController | null, error: Error): void {
    const told = withLimit(error, this.#limits)
    if (this.#settle === undefined) {
      this.#body?.end(told)
      return
    }
    this.#settle.reject(told)
    this.#settle = undefined
    this.#unlisten()
  }

  #onAbort = (): void => {
    const reason: unknown = this.#signal.reason
    this.#aborted = reason instanceof Error ? reason : new Error('the request was aborted', { cause: reason })
    this.#settle?.reject(this.#aborted)
    this.#settle = undefined
    if (this.#body) void this.#body.cancel(this.#aborted)
    else this.#controller?.abort(this.#aborted)
    this.#unlisten()
  }

  #unlisten(): void {
    this.#signal.removeEventListener('abort', this.#onAbort)
  }
}

/** The option that set the limit which an error of undici speaks of. */
const LIMITS: Readonly<Record<string, keyof ExchangeLimits>> = {
  UND_ERR_HEADERS_TIMEOUT: 'headersTimeoutMs',
  UND_ERR_BODY_TIMEOUT: 'bodyTimeoutMs',
  UND_ERR_CONNECT_TIMEOUT: 'connectTimeoutMs',
}

/** undici's timeouts do not say which value was met: added here, where it is known. */
function withLimit(error: Error & { code?: string }, limits: ExchangeLimits): Error {
  const field = LIMITS[error.code ?? '']
  return field === undefined || limits[field] === undefined ? error : Object.assign(error, { limitMs: limits[field] })
}

const headersOf = (raw: RawHeaders): FetchHeaders => {
  const joined = (value: string | string[] | undefined): string =>
    Array.isArray(value) ? value.join(', ') : (value ?? '')
  return {
    get: (name) => (raw[name.toLowerCase()] === undefined ? null : joined(raw[name.toLowerCase()])),
    forEach: (tell) => {
      for (const [name, value] of Object.entries(raw)) tell(joined(value), name)
    },
  }
}
