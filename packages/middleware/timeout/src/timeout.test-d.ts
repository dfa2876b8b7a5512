import { pipeline } from '@cepa/core'
import { fakeProvider } from '@cepa/testing'
import { timeout } from './index.ts'

const request = { model: 'm', messages: [] }

/** Compiled, never run. */
export function perCallOptions(): void {
  const chat = pipeline(fakeProvider(), timeout({ name: 'callTimeout', totalMs: 5 }), timeout())
  chat(request, { layers: { callTimeout: { totalMs: 9 }, timeout: { idleMs: { stream: 5, complete: false } } } })
  chat(request, { layers: { timeout: false } })
  // @ts-expect-error the name is the layer's, not a call's
  chat(request, { layers: { timeout: { name: 'other' } } })
  // @ts-expect-error a number is wanted
  chat(request, { layers: { callTimeout: { totalMs: '9' } } })
  // @ts-expect-error the stack has no layer of this name
  pipeline(fakeProvider(), timeout({ name: 'callTimeout' }))(request, { layers: { timeout: false } })
  // @ts-expect-error no such option
  timeout({ total: 5 })
}
