import {
  type Adapter,
  type Attempt,
  type CallerOptions,
  type ChatRequest,
  type Clock,
  type Completion,
  type Ending,
  middleware,
  type Pipeline,
  pipeline,
  type Reply,
  type StreamEvent,
  systemClock,
} from '@cepa/core'
import { deepFreeze } from '../../kit/deep-freeze.ts'
import type { Script } from '../../script.ts'
import { openaiWire, type Wire } from '../../wires/index.ts'
import { type FakeServer, fakeServer } from '../fake-server.ts'
import type { ServerEntry } from '../server-ledger.ts'
import type { AdapterKitOptions, Lack } from './options.ts'
import { within } from './within.ts'

/** A key that must show nowhere. */
export const KIT_KEY = 'kit-key-3f9a7c2e51d84b06'

/** The prompt of every request. */
export const KIT_PROMPT = 'What does the kit ask?'

/** What came of one call through the adapter. */
export interface Outcome {
  readonly events: readonly StreamEvent[]
  readonly completion?: Completion
  readonly error?: Error
  readonly endings: readonly Ending[]
  readonly attempts: readonly Attempt[]
  /** The server's own account; absent where no request came. */
  readonly entry?: ServerEntry
}

/** How a call is made. */
export interface Asking {
  readonly whole?: boolean
  /** Leaves after so many events. */
  readonly events?: number
  readonly caller?: CallerOptions
  readonly request?: Partial<ChatRequest>
}

/** A clock that is far ahead, so that times from another clock show. */
export const KIT_CLOCK: Clock = { ...systemClock, now: () => systemClock.now() + 1_000_000_000 }

/** The adapter before a scripted server, with a layer that watches. */
export class AdapterBench {
  readonly server: FakeServer
  readonly adapter: Adapter
  readonly chat: Pipeline
  readonly wire: Wire
  readonly #endings: Ending[] = []
  readonly #options: AdapterKitOptions
  #attempts: readonly Attempt[] = []

  constructor(server: FakeServer, options: AdapterKitOptions) {
    this.server = server
    this.#options = options
    this.wire = options.wire ?? openaiWire
    this.adapter = options.make({ baseUrl: server.url, key: KIT_KEY })
    const watch = middleware({
      name: 'kitWatch',
      start: (call): void => {
        this.#attempts = call.attempts
      },
      end: (_call, ending) => void this.#endings.push(ending),
    })
    this.chat = pipeline({ adapter: this.adapter, layers: [watch], clock: KIT_CLOCK })
  }

  static async open(options: AdapterKitOptions, script: Script): Promise<AdapterBench> {
    return new AdapterBench(await fakeServer(script, { wire: options.wire ?? openaiWire }), options)
  }

  get attempts(): readonly Attempt[] {
    return this.#attempts
  }

  has(ability: Lack): boolean {
    return !this.#options.lacks?.includes(ability)
  }

  request(more: Partial<ChatRequest> = {}): ChatRequest {
    const { model = 'kit-model' } = this.#options
    return deepFreeze({ model, messages: [{ role: 'user', content: KIT_PROMPT }], maxOutputTokens: 100, ...more })
  }

  /** One call from its start to its end; what it throws is kept. */
  async ask(script: Script, asking: Asking = {}): Promise<Outcome> {
    this.server.script(script)
    this.#endings.length = 0
    const before = this.server.ledger.length
    const events: StreamEvent[] = []
    const completed = await settled(within(this.#run(asking, events), 'the call'))
    const entry = this.server.ledger[before]
    if (entry) await within(entry.settled, 'the server’s answer').catch(() => undefined)
    return { events, ...completed, endings: [...this.#endings], attempts: this.#attempts, ...(entry && { entry }) }
  }

  async #run(
    { whole, events: limit, caller, request }: Asking,
    events: StreamEvent[],
  ): Promise<Completion | undefined> {
    if (whole) return this.chat.complete(this.request(request), caller)
    const reply = await this.chat(this.request(request), caller)
    return readInto(reply, events, limit)
  }

  async close(): Promise<void> {
    // an adapter that cannot be closed is found out where that is checked
    await this.chat.close({ deadlineMs: 1000 }).catch(() => undefined)
    await this.server.close()
  }
}

async function readInto(
  reply: Reply,
  events: StreamEvent[],
  limit = Number.POSITIVE_INFINITY,
): Promise<Completion | undefined> {
  for await (const event of reply) if (events.push(event) >= limit) return undefined
  return reply.result()
}

const settled = async (
  promise: Promise<Completion | undefined>,
): Promise<{ completion?: Completion; error?: Error }> => {
  try {
    const completion = await promise
    return completion ? { completion } : {}
  } catch (error) {
    return { error: error as Error }
  }
}
