import { type Adapter, type AdapterCall, type AdapterServer, type Clock, type Operation, Reply } from '@cepa/core'
import { errorFor } from './failure.ts'
import { type LedgerEntry, type OpenEntry, totalCharged } from './ledger.ts'
import { type Charged, Meter } from './meter.ts'
import { type Plan, planOf } from './plan.ts'
import type { Script, SeenRequest, Step } from './script.ts'
import { ScriptFeed } from './script-feed.ts'
import { waitOn } from './wait.ts'
import { headerSteps, splitPlan } from './whole.ts'

/** What {@link fakeProvider} takes beside its script. */
export interface FakeProviderOptions {
  /** The adapter's name. Default: `fake`. */
  readonly name?: string
  /** Default: `['chat', 'embed']`. */
  readonly operations?: readonly Operation[]
  /** Default: the name. */
  readonly identity?: string
  /** Where it says that its provider is found. Default: nowhere. */
  readonly server?: AdapterServer
  /** Whether a pull that need not wait answers in a promise. Default: `false`, it answers at once. */
  readonly asynchronous?: boolean
}

/** An adapter that answers from a script and keeps a ledger of what was asked of it. */
export interface FakeProvider extends Adapter {
  /** One entry per request, in the order in which they came. */
  readonly ledger: readonly LedgerEntry[]
  /** The newest entry. @throws {Error} when nothing was asked yet. */
  readonly last: LedgerEntry
  /** How many answers are neither ended nor closed. */
  readonly open: number
  /** What was charged over all requests. */
  readonly charged: Charged
  /** Says something else from the next request on. */
  script(script: Script): void
  /** How often the pipeline closed it. */
  readonly closes: number
  close(): void
}

class ScriptedProvider implements FakeProvider {
  readonly name: string
  readonly operations: readonly Operation[]
  readonly server?: AdapterServer
  readonly ledger: OpenEntry[] = []
  closes = 0
  readonly #identity: string
  readonly #synchronous: boolean
  #script: Script

  constructor(script: Script, options: FakeProviderOptions) {
    const { name = 'fake', operations = ['chat', 'embed'], identity = name, asynchronous = false } = options
    this.#script = script
    this.name = name
    this.operations = operations
    if (options.server) this.server = options.server
    this.#identity = identity
    this.#synchronous = !asynchronous
  }

  get last(): LedgerEntry {
    const entry = this.ledger.at(-1)
    if (entry === undefined) throw new Error(`fake provider ${this.name}: nothing was asked yet`)
    return entry
  }

  get open(): number {
    return this.ledger.filter(({ outcome }) => outcome === 'open').length
  }

  get charged(): Charged {
    return totalCharged(this.ledger)
  }

  identity(): string {
    return this.#identity
  }

  script(script: Script): void {
    this.#script = script
  }

  close(): void {
    this.closes++
  }

  async handle(call: AdapterCall): Promise<Reply> {
    const seen = this.#seen(call)
    const entry = entryOf(call, seen)
    this.ledger.push(entry)
    const plan = planOf(this.#script, seen)
    const { before, after } = splitPlan(plan, call.mode)
    const meter = new Meter(plan)
    try {
      if (plan.resend !== undefined) call.attempt.again(plan.resend, new Error(`fake provider: ${plan.resend}`))
      await this.#headers(call, plan, [...headerSteps(plan), ...before])
    } catch (error) {
      settle(entry, call)
      throw error
    }
    const { clock } = call
    entry.headersAt = clock.now()
    meter.start()
    entry.charged = meter.charged
    const { providerRequestId } = plan
    call.attempt.report({ status: 200, providerRequestId, headersMs: clock.now() - entry.startedAt, ...plan.attempt })
    const provider = this.name
    const synchronous = this.#synchronous
    return Reply.from(new ScriptFeed({ steps: after, provider, providerRequestId, clock, entry, meter, synchronous }))
  }

  /** Goes through what happens before the headers. Throws where it fails or the signal fires. */
  async #headers(call: AdapterCall, plan: Plan, steps: readonly Step[]): Promise<void> {
    const { signal, clock, attempt } = call
    if (signal.aborted) throw signal.reason
    for (const step of steps) {
      if (!('error' in step)) {
        await waitOn(step, signal, clock)
        continue
      }
      const error = errorFor(step.error, this.name, plan.providerRequestId)
      const { status } = error as { status?: number }
      const { providerRequestId } = plan
      attempt.report({ ...(status !== undefined && { status, providerRequestId }), ...plan.attempt })
      throw error
    }
  }

  #seen(call: AdapterCall): SeenRequest {
    const { operation, mode, request, headers } = call
    const attempt = this.ledger.filter(({ callId }) => callId === call.id).length
    return { index: this.ledger.length, attempt, operation, mode, request, headers }
  }
}

const entryOf = (call: AdapterCall, { index }: SeenRequest): OpenEntry => ({
  index,
  callId: call.id,
  operation: call.operation,
  mode: call.mode,
  request: call.request,
  headers: { ...call.headers },
  startedAt: call.clock.now(),
  events: [],
  outcome: 'open',
  closes: 0,
  pulls: 0,
  pullsAfterClose: 0,
  pullsOverlapping: 0,
  charged: { inputTokens: 0, outputTokens: 0 },
})

function settle(entry: OpenEntry, { signal, clock }: { signal: AdapterCall['signal']; clock: Clock }): void {
  entry.endedAt = clock.now()
  entry.outcome = signal.aborted ? 'closed' : 'failed'
  if (!signal.aborted) return
  entry.closedBy = 'signal'
  entry.closeReason = signal.reason
}

/**
 * An adapter without a network that says what its script says: the same to every request, or by request. Its ledger is the
 * provider's own account: who asked what, what was handed out, when it was closed and what it costs.
 *
 * @example
 * const provider = fakeProvider(inTurn({ failure: { status: 429 } }, [{ text: 'Hel' }, { waitMs: 20 }, { text: 'lo' }]))
 * const chat = pipeline(provider, retry())
 * await chat.complete({ model: 'm', messages: [{ role: 'user', content: 'Hi' }] })
 * provider.ledger.length // → 2
 */
export const fakeProvider = (script: Script = 'Hello, world', options: FakeProviderOptions = {}): FakeProvider =>
  new ScriptedProvider(script, options)
