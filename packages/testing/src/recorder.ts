import {
  type AnyFactKey,
  type Ending,
  type EndingKind,
  type Middleware,
  middleware,
  type Note,
  type Operation,
  type Requests,
  type StreamEvent,
  type Traits,
} from '@cepa/core'

/** What a recording layer may do beside watching. */
export interface RecorderLayerOptions {
  /** Whether it has a `handle` (that only calls `next`). Default: `false`. */
  readonly handle?: boolean
  readonly traits?: Traits
  readonly reads?: readonly AnyFactKey[]
}

/** One pass of one recording layer. */
export interface RecordedPass {
  readonly layer: string
  readonly callId: string
  readonly request: Requests[Operation]
  readonly events: readonly StreamEvent[]
  readonly notes: readonly Note[]
  /** Every ending it was told; a sound engine tells exactly one. */
  readonly endings: readonly Ending[]
  readonly facts: Readonly<Record<string, unknown>>
}

/** Layers that write everything they are told into one ordered log. */
export interface Recorder {
  /** `<layer>.<hook>` in order, with the event's type, the note's name or the ending's kind behind it. */
  readonly log: readonly string[]
  readonly passes: readonly RecordedPass[]
  /** A layer of this name that writes into the log. */
  layer(name: string, options?: RecorderLayerOptions): Middleware<string>
  /** The passes of one layer. */
  passesOf(layer: string): readonly RecordedPass[]
  /** How the passes of a layer ended, in the order in which they began; `open` for one that has not. */
  endingsOf(layer: string): readonly (EndingKind | 'open' | `${EndingKind}, ${string}`)[]
  /** Forgets everything. */
  clear(): void
}

interface OpenPass extends RecordedPass {
  readonly events: StreamEvent[]
  readonly notes: Note[]
  readonly endings: Ending[]
  facts: Record<string, unknown>
}

class LogRecorder implements Recorder {
  readonly log: string[] = []
  readonly passes: OpenPass[] = []

  layer(name: string, options: RecorderLayerOptions = {}): Middleware<string> {
    const { handle, traits, reads = [] } = options
    const write = (entry: string): void => void this.log.push(`${name}.${entry}`)
    const recording = middleware<string, OpenPass, readonly AnyFactKey[]>({
      name,
      reads,
      ...(traits && { traits }),
      provide: () => write('provide'),
      start: (call): OpenPass => {
        write('start')
        const pass: OpenPass = {
          layer: name,
          callId: call.id,
          request: call.request,
          events: [],
          notes: [],
          endings: [],
          facts: {},
        }
        this.passes.push(pass)
        return pass
      },
      firstToken: (_call, event) => write(`firstToken ${event.type}`),
      event: (_call, event, pass) => {
        write(`event ${event.type}`)
        pass.events.push(event)
      },
      note: (_call, note, pass) => {
        write(`note ${note.key.name}`)
        pass?.notes.push(note)
      },
      end: (call, ending, pass) => {
        write(`end ${ending.kind}`)
        pass.endings.push(ending)
        pass.facts = Object.fromEntries(
          reads.map((key) => [key.name, (call.facts as Record<string, unknown>)[key.name]]),
        )
      },
      ...(handle && { handle: (call, next) => next(call) }),
    })
    return recording as object as Middleware<string>
  }

  passesOf(layer: string): readonly RecordedPass[] {
    return this.passes.filter((pass) => pass.layer === layer)
  }

  endingsOf(layer: string): ReturnType<Recorder['endingsOf']> {
    return this.passesOf(layer).map(({ endings }) => {
      const [first, ...more] = endings.map(({ kind }) => kind)
      if (first === undefined) return 'open'
      return more.length === 0 ? first : (`${first}, ${more.join(', ')}` as const)
    })
  }

  clear(): void {
    this.log.length = 0
    this.passes.length = 0
  }
}

/**
 * Layers that write what they are told into one ordered log, for tests that compare it whole.
 *
 * @example
 * const seen = recorder()
 * const chat = pipeline(fakeProvider([{ text: 'Hi' }]), seen.layer('outer'), seen.layer('inner'))
 * await chat.complete(request)
 * seen.endingsOf('inner') // → ['done']
 */
export const recorder = (): Recorder => new LogRecorder()
