import { type EmbedRequest, ProviderError, type StreamEvent, type Usage } from '@cepa/core'
import { bytesOf, jsonOf, type Progress, type Reducer, type WireMessage } from '@cepa/transport'
import type { Body } from './chat-body.ts'
import type { ReducerOptions } from './chat-reducer.ts'
import { usageOf } from './usage.ts'

/**
 * A request as the body of `POST /embeddings`. Vectors are asked for as base64, a third of the bytes of their decimals.
 *
 * @see https://platform.openai.com/docs/api-reference/embeddings/create
 */
export const embedBody = ({ model, input, dimensions, providerOptions }: EmbedRequest): Body => ({
  model,
  input,
  encoding_format: 'base64',
  ...(dimensions !== undefined && { dimensions }),
  ...providerOptions,
})

/** Reads the answer of `/embeddings`: one vector for each input. */
export class EmbedReducer implements Reducer {
  progress: Progress = 'open'
  #options: Omit<ReducerOptions, 'candidates'>
  #inputs: number
  #usage: Usage | undefined

  constructor(options: Omit<ReducerOptions, 'candidates'>, inputs: number) {
    this.#options = options
    this.#inputs = inputs
  }

  take(message: WireMessage, at: number, out: StreamEvent[]): void {
    const body = (jsonOf(message, this.#options) ?? {}) as Readonly<Record<string, unknown>>
    if (body.error) throw this.#options.failure(body)
    const data = Array.isArray(body.data) ? (body.data as readonly { index?: number; embedding?: unknown }[]) : []
    const vectors = data.map(({ embedding }) => vectorOf(embedding))
    if (vectors.length !== this.#inputs || vectors.includes(undefined)) throw this.#incomplete(data.length)
    out.push({ type: 'start', at, ...(typeof body.model === 'string' && { model: body.model }) })
    for (const [place, value] of vectors.entries()) {
      out.push({ type: 'embedding', index: data[place]?.index ?? place, value: value as readonly number[], at })
    }
    this.#usage = usageOf(body.usage)
    if (this.#usage) out.push({ type: 'usage', usage: this.#usage, at })
    this.progress = 'finished'
  }

  finish(at: number, out: StreamEvent[]): void {
    out.push({ type: 'end', at, finish: 'stop', ...(this.#usage && { usage: this.#usage }) })
  }

  #incomplete(got: number): ProviderError {
    const { provider } = this.#options
    const message = `${provider} sent ${got} embeddings for ${this.#inputs} inputs, or some that are no vectors`
    return new ProviderError({ provider, kind: 'malformed', message })
  }
}

/** A vector as a list of numbers, or as base64 of little-endian 32-bit floats. */
function vectorOf(value: unknown): readonly number[] | undefined {
  if (Array.isArray(value)) return value.every((each) => typeof each === 'number') ? value : undefined
  if (typeof value !== 'string') return undefined
  const bytes = base64Bytes(value)
  if (bytes === undefined || bytes.length === 0 || bytes.length % 4 !== 0) return undefined
  const view = new DataView(bytes.buffer)
  return Array.from({ length: bytes.length / 4 }, (_, index) => view.getFloat32(index * 4, true))
}

function base64Bytes(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return bytesOf(text)
  } catch {
    return undefined
  }
}
