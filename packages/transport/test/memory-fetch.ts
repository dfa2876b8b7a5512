import type { Fetch } from '../src/index.ts'

/** What a {@link MemoryAnswer} gives next: bytes, an error, or a wait that never ends. */
export type Step = Uint8Array | Error | 'stall'

/** A fetch whose answer is scripted in memory, one network read per step. */
export class MemoryAnswer {
  reads = 0
  cancelled = false
  #steps: readonly Step[]
  #status: number
  #headers: Record<string, string>

  constructor(steps: readonly Step[], headers: Record<string, string> = {}, status = 200) {
    this.#steps = steps
    this.#status = status
    this.#headers = { 'content-type': 'text/event-stream', ...headers }
  }

  readonly fetch: Fetch = async () => ({
    status: this.#status,
    headers: new Headers(this.#headers),
    body: { getReader: () => ({ read: () => this.#read(), cancel: async () => this.#cancel() }) },
  })

  #settle: ((step: { done: true }) => void) | undefined

  #read(): Promise<{ done: boolean; value?: Uint8Array }> {
    const step = this.#steps[this.reads++]
    if (step === undefined) return Promise.resolve({ done: true })
    if (step instanceof Error) return Promise.reject(step)
    if (step !== 'stall') return Promise.resolve({ done: false, value: step })
    return new Promise((resolve) => {
      this.#settle = resolve
    })
  }

  #cancel(): void {
    this.cancelled = true
    this.#settle?.({ done: true })
  }
}
