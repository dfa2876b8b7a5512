import { ProviderError, type StreamEvent } from '@cepa/core'
import { jsonOf, type Progress, type Reducer, type WireMessage } from '../src/index.ts'

/** A toy wire: `{"text"}` is content, `{"error"}` an error, `{"finish"}` the finish, `{"usage"}` may follow, `[DONE]` closes. */
export class ToyReducer implements Reducer {
  progress: Progress = 'open'
  #usage: number | undefined

  take(message: WireMessage, at: number, out: StreamEvent[]): void {
    if (message.text === '[DONE]') {
      if (this.progress === 'finished') this.progress = 'closed'
      return
    }
    const value = jsonOf(message, { provider: 'toy' }) as {
      text?: string
      error?: string
      finish?: string
      usage?: number
    }
    if (value.error) throw new ProviderError({ provider: 'toy', kind: 'server', message: value.error })
    if (value.text) out.push({ type: 'text', text: value.text, at })
    if (value.usage) this.#usage = value.usage
    if (value.finish) this.progress = 'finished'
  }

  finish(at: number, out: StreamEvent[]): void {
    const usage = this.#usage === undefined ? {} : { usage: { outputTokens: this.#usage, source: 'provider' } as const }
    out.push({ type: 'end', at, finish: 'stop', ...usage })
  }
}
