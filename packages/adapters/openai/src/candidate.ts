import type { CandidateFinish, Finish, StreamEvent } from '@cepa/core'
import { type Stamp, type ToolCallPiece, ToolCalls } from './tool-calls.ts'

/** What a chunk adds to a candidate; a whole message has the same fields. */
export type Delta = Readonly<Record<string, unknown>>

/** Fields that are read, or that say nothing. */
const KNOWN: ReadonlySet<string> = new Set([
  'role',
  'content',
  'refusal',
  'tool_calls',
  'function_call',
  'reasoning_content',
  'reasoning',
  'audio',
  'annotations',
  'images',
  'obfuscation',
])

const FINISHES: Readonly<Record<string, Finish>> = {
  stop: 'stop',
  eos: 'stop',
  length: 'length',
  max_tokens: 'length',
  tool_calls: 'tool-calls',
  function_call: 'tool-calls',
  content_filter: 'content-filter',
}

type Entries = readonly Readonly<Record<string, unknown>>[]

/** One candidate of an answer, delta by delta. */
export class Candidate {
  #stamp: { readonly choice?: number }
  #calls = new ToolCalls()
  #refused = false
  #finishRaw: string | undefined

  /** `choice` is absent where there is one candidate only. */
  constructor(choice: number | undefined) {
    this.#stamp = choice === undefined ? {} : { choice }
  }

  get finished(): boolean {
    return this.#finishRaw !== undefined
  }

  take(delta: Delta, at: number, out: StreamEvent[]): void {
    const stamp: Stamp = { at, ...this.#stamp }
    reasoning(delta.reasoning_content ?? delta.reasoning, stamp, out)
    content(delta.content, stamp, out)
    if (typeof delta.refusal === 'string' && delta.refusal !== '') {
      this.#refused = true
      text(delta.refusal, stamp, out)
    }
    this.#calls.take(piecesOf(delta), stamp, out)
    if (delta.audio) audio(delta.audio as Delta, stamp, out)
    for (const value of listOf(delta.annotations)) out.push({ type: 'source', value, ...stamp })
    for (const value of listOf(delta.images)) out.push({ type: 'file', value, ...stamp })
    for (const field in delta) {
      if (!KNOWN.has(field) && says(delta[field])) out.push({ type: 'raw', value: { [field]: delta[field] }, ...stamp })
    }
  }

  /** What stands beside the delta: log probabilities and the like. */
  raw(value: unknown, at: number, out: StreamEvent[]): void {
    out.push({ type: 'raw', value, at, ...this.#stamp })
  }

  finish(finishRaw: string, at: number, out: StreamEvent[]): void {
    this.#finishRaw = finishRaw
    this.#calls.finish({ at, ...this.#stamp }, out)
  }

  /** How it ended. A tool that was forced ends with `stop`, and so does a refusal: what came says more. */
  outcome(): CandidateFinish {
    const finishRaw = this.#finishRaw
    if (finishRaw === undefined) return { finish: 'other' }
    const word = FINISHES[finishRaw] ?? 'other'
    if (word !== 'stop') return { finish: word, finishRaw }
    return { finish: this.#refused ? 'refusal' : this.#calls.any ? 'tool-calls' : 'stop', finishRaw }
  }
}

/** Whether a value says anything. */
export const says = (value: unknown): boolean =>
  value !== null &&
  value !== undefined &&
  value !== '' &&
  !(typeof value === 'object' && Object.keys(value).length === 0)

const listOf = (value: unknown): Entries => (Array.isArray(value) ? (value as Entries) : [])

const text = (value: unknown, stamp: Stamp, out: StreamEvent[]): void => {
  if (typeof value === 'string' && value !== '') out.push({ type: 'text', text: value, ...stamp })
}

const reasoning = (value: unknown, stamp: Stamp, out: StreamEvent[]): void => {
  if (typeof value === 'string' && value !== '') out.push({ type: 'reasoning', text: value, ...stamp })
}

/** Content is text; some servers send it in parts, thinking among them. */
function content(value: unknown, stamp: Stamp, out: StreamEvent[]): void {
  text(value, stamp, out)
  for (const part of listOf(value)) {
    if (part.type === 'thinking') for (const thought of listOf(part.thinking)) reasoning(thought.text, stamp, out)
    else if (typeof part.text === 'string') text(part.text, stamp, out)
    else out.push({ type: 'raw', value: part, ...stamp })
  }
}

/** Spoken answers come as sound and as what is said. */
function audio(value: Delta, stamp: Stamp, out: StreamEvent[]): void {
  text(value.transcript, stamp, out)
  if (says(value.data)) out.push({ type: 'file', value: { type: 'audio', id: value.id, base64: value.data }, ...stamp })
}

/** The pieces of tool calls, those of the old form (one function, no id) among them. */
function piecesOf(delta: Delta): readonly ToolCallPiece[] {
  const calls = listOf(delta.tool_calls) as readonly ToolCallPiece[]
  const old = delta.function_call as ToolCallPiece['function'] | undefined
  return old ? [...calls, { index: -1, id: 'function_call', function: old }] : calls
}
