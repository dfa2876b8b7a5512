import type { StreamEvent } from '@cepa/core'

/** A piece of a tool call, as it stands in a chunk or in a whole message. */
export interface ToolCallPiece {
  readonly index?: number
  readonly id?: string | null
  readonly function?: { readonly name?: string | null; readonly arguments?: unknown } | null
  readonly custom?: { readonly name?: string | null; readonly input?: string | null } | null
}

interface Building {
  readonly index: number | undefined
  id: string | undefined
  name: string | undefined
  argumentsText: string
  started: boolean
  custom: boolean
}

/** What all events of a candidate carry. */
export interface Stamp {
  readonly at: number
  readonly choice?: number
}

/** Puts the tool calls of one candidate together from their pieces, of several calls at once. */
export class ToolCalls {
  #calls: Building[] = []
  #done = false

  get any(): boolean {
    return this.#calls.length > 0
  }

  take(pieces: readonly ToolCallPiece[], stamp: Stamp, out: StreamEvent[]): void {
    for (const piece of pieces) this.#takePiece(piece, stamp, out)
  }

  /** The calls are complete: tells each with its arguments parsed, or kept as text where they are no JSON. */
  finish(stamp: Stamp, out: StreamEvent[]): void {
    if (this.#done) return
    this.#done = true
    for (const call of this.#calls) {
      this.#start(call, stamp, out)
      const { id = '', name = '', argumentsText } = call
      const read = call.custom ? { arguments: argumentsText } : parsed(argumentsText)
      out.push({ type: 'tool-call', id, name, ...read, ...stamp })
    }
  }

  #takePiece(piece: ToolCallPiece, stamp: Stamp, out: StreamEvent[]): void {
    const call = this.#callOf(piece)
    call.id ??= piece.id || undefined
    call.name ??= piece.function?.name || piece.custom?.name || undefined
    call.custom ||= piece.custom !== undefined && piece.custom !== null
    const given = piece.function?.arguments ?? piece.custom?.input ?? ''
    // some servers give the arguments of a whole call as an object
    const text = typeof given === 'string' ? given : JSON.stringify(given)
    const waiting = call.started ? text : call.argumentsText + text
    call.argumentsText += text
    if (call.id !== undefined && call.name !== undefined) this.#start(call, stamp, out)
    if (call.started && waiting !== '')
      out.push({ type: 'tool-call-delta', id: call.id as string, argumentsText: waiting, ...stamp })
  }

  /** The call that a piece belongs to: by its index, but a new id is a new call, whatever index it has. */
  #callOf({ index, id }: ToolCallPiece): Building {
    const last = this.#calls.at(-1)
    const found = index === undefined ? last : this.#calls.findLast((call) => call.index === index)
    if (found && (!id || found.id === undefined || found.id === id)) return found
    const call: Building = { index, id: undefined, name: undefined, argumentsText: '', started: false, custom: false }
    this.#calls.push(call)
    return call
  }

  #start(call: Building, stamp: Stamp, out: StreamEvent[]): void {
    if (call.started) return
    call.started = true
    // a server that gives no id still needs one, to tell the pieces and the results apart
    call.id ??= `call_${stamp.choice ?? 0}_${this.#calls.indexOf(call)}`
    out.push({ type: 'tool-call-start', id: call.id, name: call.name ?? '', ...stamp })
  }
}

/** A tool without parameters is often called with nothing at all. */
function parsed(text: string): { arguments: unknown; malformed?: string } {
  if (text.trim() === '') return { arguments: {} }
  try {
    return { arguments: JSON.parse(text) }
  } catch {
    return { arguments: undefined, malformed: text }
  }
}
