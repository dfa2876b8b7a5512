import { middleware, pipeline } from '@cepa/core'
import { fakeProvider } from '@cepa/testing'
import { retry } from './index.ts'

const request = { model: 'm', messages: [] }

/** Compiled, never run. */
export function perCallOptions(): void {
  const chat = pipeline(fakeProvider(), retry())
  chat(request, { layers: { retry: { attempts: 5, jitter: 'none' } } })
  chat(request, { layers: { retry: false } })
  // @ts-expect-error the budget is the layer's, not a call's
  chat(request, { layers: { retry: { budget: false } } })
  // @ts-expect-error a number is wanted
  chat(request, { layers: { retry: { attempts: '5' } } })
  // @ts-expect-error the stack has no such layer
  pipeline(fakeProvider(), middleware({ name: 'other' }))(request, { layers: { retry: false } })
  // @ts-expect-error no such option
  retry({ attempt: 3 })
}
