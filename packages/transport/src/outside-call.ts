import { type AbortSignal, type AdapterCall, type ChatRequest, createController, systemClock } from '@cepa/core'

/** How something outside the onion is asked. */
export interface OutsideOptions {
  /** Ends the request when it fires. */
  readonly signal?: AbortSignal
  /** Headers for the provider. */
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * What `send` needs of a call, for an adapter's plain methods (`countTokens`, `models`, `ping`), which no layer sees (rule C3): its
 * attempts are told to nobody.
 *
 * @example
 * const exchange = await send({ call: outsideCall(request, { signal }), … })
 */
export function outsideCall(request: ChatRequest, { signal, headers = {} }: OutsideOptions = {}): AdapterCall {
  const nobody = { report: () => undefined, again: () => undefined }
  const call = {
    operation: 'chat',
    mode: 'complete',
    request,
    signal: signal ?? createController().signal,
    clock: systemClock,
    startedAt: systemClock.now(),
    headers,
    attempt: nobody,
  }
  return call as object as AdapterCall
}
