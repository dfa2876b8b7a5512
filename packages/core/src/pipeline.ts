import type { Adapter } from './adapter.ts'
import { type Assembly, type AssemblyOptions, assemble } from './assembly.ts'
import { CallView } from './call-view.ts'
import { type CallOptions, checkCaller, checkLayerOptions, layersOff } from './caller.ts'
import type { Completion } from './completion.ts'
import { Entry } from './entry.ts'
import { ClosedError, ContractError, OptionError } from './errors.ts'
import { type Explanation, explanationOf, explanationText } from './explain.ts'
import { identityOf } from './identity.ts'
import { crossTo, markNested } from './leaf.ts'
import type { LiveReply } from './live-reply.ts'
import type { AnyMiddleware } from './middleware.ts'
import { leafOf, stackWithin, tellLeaf, tellStack } from './nested.ts'
import type { Plan } from './plan.ts'
import type { Reply } from './reply.ts'
import { type ChatRequest, type EmbedRequest, type Operation, plainRequest, type Requests } from './request.ts'
import { checkRequest } from './request-check.ts'
import { Root } from './root.ts'
import { Running } from './running.ts'
import { Shutdown } from './shutdown.ts'
import type { CheckedStack, Layer, LayerOptions } from './stack.ts'
import { UnreadWatch } from './unread.ts'

/** An adapter inside a stack, ready to call; itself an adapter, so that pipelines nest. */
export interface Pipeline<TLayers = object> extends Adapter {
  /**
   * Makes a call and resolves with its reply once the provider has accepted the request.
   *
   * @throws {OptionError} for a request or options that cannot be right, before anything is sent.
   * @throws {ProviderError} for what the provider or the way to it refused.
   */
  (request: ChatRequest, options?: CallOptions<TLayers>): Promise<Reply>
  /** Makes a call for the whole answer. Rejects for every ending but `done`; the error's `ending` has what had come. */
  complete(request: ChatRequest, options?: CallOptions<TLayers>): Promise<Completion>
  /** Makes a call for embeddings; `embeddings` of the completion has one for each input. */
  embed(request: EmbedRequest, options?: CallOptions<TLayers>): Promise<Completion>
  /** The layers, outermost first. */
  readonly layers: readonly AnyMiddleware[]
  /** The stack in words: layers, facts, effective options, and the rules of order with their reasons. */
  explain(options?: { readonly json?: false }): string
  /** The same as data. */
  explain(options: { readonly json: true }): Explanation
  /**
   * Takes no more calls, waits for those that run, detached ones too, and aborts what is left after `deadlineMs` (default 10,000).
   * Then layers and adapter release what they hold. Calling it again gives the same promise.
   */
  close(options?: { readonly deadlineMs?: number }): Promise<void>
  readonly '~layers'?: TLayers
}

type LayersOf<A> = A extends { readonly '~layers'?: infer L } ? L : unknown

/** What the object form of {@link pipeline} takes. */
export interface PipelineOptions<A extends Adapter, T extends readonly Layer[]>
  extends Omit<AssemblyOptions, 'adapter' | 'layers'> {
  readonly adapter: A
  readonly layers?: CheckedStack<T>
}

/**
 * Assembles a pipeline: an adapter inside layers, the first outermost.
 *
 * @throws {StackError} for a stack that cannot work, with an order that would.
 *
 * @example
 * const chat = pipeline(openai(), requestId(), logging(), timing(), retry())
 * for await (const event of await chat(request)) if (event.type === 'text') process.stdout.write(event.text)
 */
export function pipeline<A extends Adapter, const T extends readonly Layer[]>(
  adapter: A,
  ...layers: CheckedStack<T>
): Pipeline<LayerOptions<T> & LayersOf<A>>
/** The same with names for its parts, and with the rest of the options. */
export function pipeline<A extends Adapter, const T extends readonly Layer[] = readonly []>(
  options: PipelineOptions<A, T>,
): Pipeline<LayerOptions<T> & LayersOf<A>>
export function pipeline(first: Adapter | AssemblyOptions, ...layers: readonly Layer[]): Pipeline {
  const options = isOptions(first) ? first : { adapter: first as Adapter, layers }
  return new Assembled(assemble(options, stackWithin(options.adapter ?? {}))).pipeline
}

/** An adapter may have a field `adapter` too; only options have no `handle`. */
const isOptions = (first: Adapter | AssemblyOptions): first is AssemblyOptions =>
  typeof first === 'object' && first !== null && 'adapter' in first && !('handle' in first)

const NO_OPTIONS: CallOptions = Object.freeze({})

/** What stands behind a pipeline. */
class Assembled {
  readonly pipeline: Pipeline
  readonly #assembly: Assembly
  readonly #unread: UnreadWatch
  readonly #running: Running
  readonly #shutdown: Shutdown

  constructor(assembly: Assembly) {
    this.#assembly = assembly
    this.#running = new Running(assembly.name)
    this.#unread = new UnreadWatch(assembly.clock, assembly.unreadAfterMs)
    this.#shutdown = new Shutdown(assembly, this.#running)
    this.pipeline = this.#asFunction()
  }

  #asFunction(): Pipeline {
    const { adapter, layers, name } = this.#assembly
    const specs = layers.map((layer) => layer['~spec'])
    const call = (request: ChatRequest, options?: CallOptions) => this.#stream(request, options)
    const parts = {
      operations: adapter.operations,
      layers,
      complete: (request: ChatRequest, options?: CallOptions) => this.#whole('chat', request, options),
      embed: (request: EmbedRequest, options?: CallOptions) => this.#whole('embed', request, options),
      identity: (request: Requests[Operation]) => identityOf(specs, adapter, request),
      handle: (inner: unknown) => this.#nested(inner),
      explain: (options?: { json?: boolean }) => {
        const explanation = explanationOf(name, layers, adapter)
        return options?.json ? explanation : explanationText(explanation)
      },
      close: (options?: { deadlineMs?: number }) => this.#shutdown.close(options),
    }
    const made = Object.defineProperty(Object.assign(call, parts), 'name', { value: name }) as object as Pipeline
    markNested(made, (parent, passage) => {
      this.#refuseClosed()
      const plan = this.#planFor(parent.root.options.layerOptions)
      parent.root.runIn(this.#running)
      if (plan.timings) parent.root.time(plan)
      const headers = new CallView(parent, parent.stretch.layers.length, passage).headers
      const place = { parent, passage: { ...passage, headers }, frame: plan.shape.open(parent.frame) }
      return new Entry(parent.root, plan.first, place).enter()
    })
    return tellStack(
      tellLeaf(made, (request) => leafOf(adapter, request)),
      this.#assembly,
    )
  }

  async #stream(request: ChatRequest, options?: CallOptions): Promise<Reply> {
    const reply = await this.#enter('chat', 'stream', { request, options })
    this.#unread.watch(reply)
    return reply
  }

  async #whole(operation: Operation, request: Requests[Operation], options?: CallOptions): Promise<Completion> {
    const reply = await this.#enter(operation, 'complete', { request, options })
    return reply.readAll()
  }

  async #enter(
    operation: Operation,
    mode: 'stream' | 'complete',
    { request, options }: { request: Requests[Operation]; options: CallOptions | undefined },
  ): Promise<LiveReply> {
    this.#refuseClosed()
    const { adapter, clock, report } = this.#assembly
    checkOperation(adapter, operation)
    checkRequest(operation, request)
    if (options) checkCaller(options)
    const { layers: layerOptions, ...caller } = options ?? NO_OPTIONS
    if (layerOptions) checkLayerOptions(layerOptions, this.#assembly.allLayers)
    const plan = this.#planFor(layerOptions)
    const root = new Root({
      operation,
      mode,
      clock,
      caller,
      layerOptions: layerOptions as Record<string, unknown> | undefined,
      report,
      timed: plan.timings ? plan : undefined,
    })
    root.runIn(this.#running)
    const passage = { request: plainRequest(request), scope: root.scope, headers: undefined }
    const reply = (await new Entry(root, plan.first, {
      parent: undefined,
      passage,
      frame: plan.shape.open(),
    }).enter()) as LiveReply
    reply.flow.win()
    return reply
  }

  #planFor(layerOptions: object | undefined): Plan {
    const { layers, planWithout } = this.#assembly
    return planWithout(layerOptions ? layersOff(layerOptions, layers) : [])
  }

  #refuseClosed(): void {
    if (this.#shutdown.begun) throw new ClosedError(this.#assembly.name)
  }

  /** A call that a layer or adapter passes on by hand. */
  async #nested(call: unknown): Promise<Reply> {
    const behind = CallView.behind(call)
    if (behind) return crossTo(this.pipeline)(behind.entry, behind.passage)
    const problem = 'handle() was given no call; to make a call, call the pipeline itself'
    throw new ContractError(this.#assembly.name, 'C5', problem)
  }
}

function checkOperation(adapter: Adapter, operation: Operation): void {
  if (adapter.operations.includes(operation)) return
  throw new OptionError({
    owner: 'call',
    field: 'operation',
    value: operation,
    remedy: `${adapter.name} offers only ${adapter.operations.join(', ')}`,
  })
}
