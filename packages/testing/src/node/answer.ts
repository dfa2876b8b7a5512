import type { ServerResponse } from 'node:http'
import type { Clock } from '@cepa/core'
import { fullFailure } from '../failure.ts'
import { Meter } from '../meter.ts'
import type { Network } from '../network.ts'
import { type Plan, planOf } from '../plan.ts'
import type { Failure, Script, SeenRequest, Step } from '../script.ts'
import { waitOn } from '../wait.ts'
import { headerSteps, splitPlan } from '../whole.ts'
import type { Wire, WireContext } from '../wire.ts'
import { BodyWriter, FAULT, reset, sent } from './body-writer.ts'
import { BYTE_ORDER_MARK, commentBytes, frameBytes, withoutFinalNewline } from './frame-bytes.ts'
import type { OpenServerEntry } from './server-ledger.ts'

/** What an answer needs beside its script. */
export interface AnswerContext {
  readonly wire: Wire
  readonly clock: Clock
  readonly response: ServerResponse
  readonly entry: OpenServerEntry
  readonly seen: SeenRequest
}

/** Answers one request as the script says. Never throws. */
export async function answer(script: Script, context: AnswerContext): Promise<void> {
  const { entry, clock, seen, response } = context
  try {
    const plan = planOf(script, seen)
    const outcome = await new Answering(plan, context).run()
    entry.settle(outcome, clock.now())
  } catch (error) {
    if (error !== FAULT && !entry.gone.aborted) {
      // a script that this wire cannot say: told to whoever asks, not swallowed
      if (!response.headersSent) response.writeHead(501, { 'content-type': 'text/plain' })
      response.end(String(error))
    }
    entry.settle(entry.gone.aborted ? 'closed' : 'failed', clock.now())
  }
}

class Answering {
  readonly #plan: Plan
  readonly #context: AnswerContext
  readonly #meter: Meter
  readonly #network: Network
  readonly #body: BodyWriter

  constructor(plan: Plan, context: AnswerContext) {
    this.#plan = plan
    this.#context = context
    this.#meter = new Meter(plan)
    this.#network = plan.network ?? {}
    const { response, entry, clock } = context
    this.#body = new BodyWriter({ response, network: this.#network, entry, clock })
  }

  async run(): Promise<'ended' | 'failed'> {
    const { response, seen, entry } = this.#context
    const split = splitPlan({ ...this.#plan, start: false }, seen.mode)
    for (const step of [...headerSteps(this.#plan), ...split.before]) {
      if ('error' in step) return this.#refuse(step.error)
      await this.#wait(step)
    }
    if (this.#network.resetBeforeHeaders) return this.#reset()
    this.#meter.start()
    entry.charged = this.#meter.charged
    if (seen.mode === 'stream')
      this.#headers(200, this.#context.wire.framing === 'sse' ? 'text/event-stream' : 'application/x-ndjson')
    else this.#headers(200, 'application/json')
    response.flushHeaders()
    return seen.mode === 'stream' ? this.#stream(split.after) : this.#whole(split.after)
  }

  async #stream(steps: readonly Step[]): Promise<'ended' | 'failed'> {
    const { wire } = this.#context
    const stream = wire.stream(this.#wireContext())
    if (this.#network.byteOrderMark) await this.#body.write(BYTE_ORDER_MARK)
    const frames = (list: ReturnType<typeof stream.open>): Buffer =>
      Buffer.concat(list.map((frame) => frameBytes(wire, frame, this.#network)))
    await this.#body.write(frames(stream.open()))
    for (const step of steps) {
      const over = await this.#interrupt(step, (failure) => this.#body.write(frames(stream.fail(fullFailure(failure)))))
      if (over) return over
      if ('comment' in step) await this.#body.write(commentBytes(wire, step.comment, this.#network))
      if (isSilent(step)) continue
      const list = stream.step(step)
      if ('end' in step) await this.#lastFrames(list.map((frame) => frameBytes(wire, frame, this.#network)))
      else await this.#body.write(frames(list))
      this.#context.entry.charged = this.#meter.charged
    }
    return this.#end('ended')
  }

  async #lastFrames(list: readonly Buffer[]): Promise<void> {
    for (const [index, bytes] of list.entries()) {
      const last = index === list.length - 1 && this.#network.noFinalNewline
      await this.#body.write(last ? withoutFinalNewline(bytes, this.#network) : bytes)
    }
  }

  async #whole(steps: readonly Step[]): Promise<'ended' | 'failed'> {
    const { wire, entry } = this.#context
    const said: Step[] = []
    for (const step of steps) {
      const over = await this.#interrupt(step, (failure) =>
        this.#json(wire.failure(fullFailure(failure), this.#plan).body),
      )
      if (over) return over
      if (!isSilent(step)) said.push(step)
    }
    const body = wire.whole(this.#wireContext(), said)
    entry.charged = this.#meter.charged
    await this.#json(body)
    return this.#end('ended')
  }

  #json(body: unknown): Promise<void> {
    return this.#body.write(Buffer.from(JSON.stringify(body)))
  }

  /** Steps that wait or break the answer off. */
  async #interrupt(
    step: Step,
    fail: (failure: Failure | Error) => Promise<void>,
  ): Promise<'ended' | 'failed' | undefined> {
    if ('error' in step) {
      await fail(step.error)
      return this.#end('failed')
    }
    if ('truncate' in step) return this.#end('failed')
    if ('reset' in step) {
      await this.#body.flush()
      return this.#reset()
    }
    await this.#wait(step)
    return undefined
  }

  async #wait(step: Step): Promise<void> {
    const { entry, clock } = this.#context
    if (!('waitMs' in step || 'until' in step || 'stall' in step)) return
    await this.#body.flush()
    await waitOn(step, entry.gone, clock)
  }

  async #end(outcome: 'ended' | 'failed'): Promise<'ended' | 'failed'> {
    await this.#body.end()
    return outcome
  }

  async #reset(): Promise<'failed'> {
    const { response } = this.#context
    await sent(response)
    reset(response)
    return 'failed'
  }

  async #refuse(failure: Failure | Error): Promise<'ended' | 'failed'> {
    const { wire } = this.#context
    const full = fullFailure(failure)
    if (full.kind === 'network') return this.#reset()
    const said = wire.failure(full, this.#plan)
    const { headers, body, retryAfterMs } = full
    this.#headers(said.status, body === undefined ? 'application/json' : 'text/plain', {
      ...said.headers,
      ...(retryAfterMs !== undefined && { 'retry-after-ms': String(retryAfterMs) }),
      ...(retryAfterMs !== undefined && retryAfterMs % 1000 === 0 && { 'retry-after': String(retryAfterMs / 1000) }),
      ...headers,
    })
    await this.#body.write(Buffer.from(body ?? JSON.stringify(said.body)))
    return this.#end('failed')
  }

  #headers(status: number, contentType: string, more: Readonly<Record<string, string>> = {}): void {
    const { response, wire, entry, clock } = this.#context
    const { encoding } = this.#network
    response.writeHead(status, {
      'content-type': this.#network.contentType ?? contentType,
      ...wire.headers(this.#plan),
      ...(encoding && { 'content-encoding': encoding }),
      ...this.#plan.headers,
      ...more,
    })
    entry.status = status
    entry.headersAt = clock.now()
  }

  #wireContext(): WireContext {
    return { plan: this.#plan, seen: this.#context.seen, meter: this.#meter }
  }
}

const isSilent = (step: Step): boolean => 'waitMs' in step || 'until' in step || 'comment' in step
