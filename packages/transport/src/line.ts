import type { AdapterCall } from '@cepa/core'
import type { Carrier, Delivery, Shipment } from './carrier.ts'
import { platform } from './platform.ts'

/** The one hold on a running request: its own signal, which the call's signal ends while it is listened to. */
export class Line {
  #call: AdapterCall
  #controller: { readonly signal: Shipment['signal']; abort(reason?: unknown): void } = new platform.AbortController()
  #reject: ((reason: unknown) => void) | undefined
  /** What else ends when the call is aborted. */
  onAbort: ((reason: unknown) => void) | undefined

  /** @throws the signal's reason when the call is aborted already. */
  constructor(call: AdapterCall) {
    this.#call = call
    if (call.signal.aborted) throw abortReason(call)
    call.signal.addEventListener('abort', this.#aborted)
  }

  /** The signal for what carries the request: not the call's own, so that no listener stays there. */
  get signal(): Shipment['signal'] {
    return this.#controller.signal
  }

  /** Carries; rejects at once when the call is aborted, whatever the carrier makes of its signal. */
  carry(carrier: Carrier, shipment: Shipment): Promise<Delivery> {
    return new Promise((resolve, reject) => {
      this.#reject = reject
      carrier.carry(shipment).then((delivery) => {
        if (this.signal.aborted) discard(delivery)
        else resolve(delivery)
      }, reject)
    })
  }

  /** Ends the request. */
  stop(reason?: unknown): void {
    this.unlisten()
    this.#controller.abort(reason)
  }

  /** Leaves the call's signal alone from here on. */
  unlisten(): void {
    this.#call.signal.removeEventListener('abort', this.#aborted)
  }

  #aborted = (): void => {
    const reason = abortReason(this.#call)
    this.stop(reason)
    this.#reject?.(reason)
    this.onAbort?.(reason)
  }
}

/** Why a call was aborted, as an error. */
export function abortReason(call: AdapterCall): Error {
  const reason: unknown = call.signal.reason
  return reason instanceof Error ? reason : new Error('the call was aborted', { cause: reason })
}

const discard = ({ response }: Delivery): void => {
  response.body
    ?.getReader()
    .cancel()
    .catch(() => undefined)
}
