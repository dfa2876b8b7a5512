import type { AnyMiddleware, ChatRequest, Exporter, Pipeline, PriceTable, Reply } from '@cepa/core'
import type { Capture } from '@cepa/middleware-telemetry'
import { collect, fakeProvider, inTurn, memoryExporter, type Script, type ScriptedAnswer } from '@cepa/testing'
import { fakeServer } from '@cepa/testing/node'
import { TracerProvider } from '@opentelemetry/sdk-trace'
import {
  cache,
  type Group,
  group,
  middleware,
  pipeline,
  profiler,
  requestId,
  retry,
  type Telemetry,
  telemetry,
  timeout,
  tokenCount,
} from 'cepa'
import { openai } from 'cepa/openai'
import { tracing } from 'cepa/opentelemetry'
import { prometheus } from 'cepa/prometheus'

const table: PriceTable = {
  name: 'test',
  price: ({ model }) =>
    model === 'unpriced'
      ? { unknown: 'the table has no such model' }
      : { usd: 0.01, parts: { input: 0.004, output: 0.006 }, source: 'test', date: '2026-09-23' },
}

const usage = {
  inputTokens: 900,
  outputTokens: 60,
  cacheReadTokens: 500,
  cacheWriteTokens: 100,
  cacheWriteHourTokens: 40,
  reasoningTokens: 20,
  audioInputTokens: 5,
  audioOutputTokens: 6,
  imageInputTokens: 7,
  imageOutputTokens: 8,
  serverToolUses: { web_search: 1 },
  serviceTier: 'flex',
}

const asking = (content: string, more: Partial<ChatRequest> = {}): ChatRequest => ({
  model: 'gpt-4.1-mini',
  messages: [
    { role: 'system', content: 'Be short.' },
    { role: 'user', content },
  ],
  ...more,
})

/** Everything that a request can ask for. */
const everything: Partial<ChatRequest> = {
  maxOutputTokens: 100,
  temperature: 0.5,
  topP: 0.9,
  topK: 40,
  presencePenalty: 0.1,
  frequencyPenalty: 0.2,
  seed: 7,
  stop: ['\n\n'],
  candidates: 2,
  logProbabilities: 3,
  reasoning: { effort: 'low', maxTokens: 64 },
  responseFormat: { type: 'json' },
  tools: [{ name: 'peel', parameters: { type: 'object' } }],
  toolChoice: 'auto',
}

const richAnswer: ScriptedAnswer = {
  id: 'resp-1',
  model: 'gpt-4.1-mini-2025',
  headersMs: 2,
  everyMs: 2,
  steps: [
    { reasoning: 'round', choice: 0 },
    { text: 'An onion ', choice: 0 },
    { text: 'keeps', choice: 0 },
    { text: 'for months', choice: 1 },
    { toolCall: { name: 'peel', arguments: { ring: 1 } }, choice: 0 },
    { end: 'stop', finishRaw: 'stop', usage },
  ],
}

const broken = middleware({
  name: 'broken',
  event() {
    throw new TypeError('a hook that breaks')
  },
})

const background = middleware({
  name: 'background',
  async handle(call, next) {
    void next(call.detach('refresh'))
      .then((reply) => reply.result())
      .catch(() => undefined)
    return next(call)
  },
})

/** A telemetry that is asked for all that it can do. */
const watching = (exporters: readonly Exporter[]): Telemetry =>
  telemetry({
    exporters,
    sample: { recordsPerSecond: 10_000 },
    hashKey: 'a key for hashes',
    maxContentBytes: 64,
    redact: {
      content(content) {
        if (JSON.stringify(content).includes('unspeakable')) throw new Error('the redactor does not know what to do')
        return content
      },
    },
    metrics: {
      attributes: ['tenant'],
      dimensions: ['pipeline', 'operation', 'mode', 'provider', 'model', 'responseModel', 'ending'],
    },
    report: () => undefined,
  })

/** A stack around a provider in process; what layers further in give is known at run time alone. */
const around = (script: Script, watch: Telemetry, ...inside: readonly AnyMiddleware[]): Pipeline =>
  pipeline({
    adapter: fakeProvider(script),
    layers: [requestId(), watch, ...inside, tokenCount({ prices: table })] as readonly unknown[] as readonly [],
    report: () => undefined,
  }) as object as Pipeline

const quietly = (work: Promise<unknown>): Promise<unknown> => work.catch(() => undefined)

const captured = (capture: Capture): object => ({ layers: { telemetry: { capture } } })

/** Calls whose provider is in this process. */
async function inProcess(watch: Telemetry, run: Group): Promise<void> {
  const parent = {
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    tracestate: 'shop=7',
  }
  const rich = around(richAnswer, watch)
  const question = asking(`How long does it keep? ${'Tell me more. '.repeat(10)}`, everything)
  await collect(rich(question, { parent, attributes: { tenant: 'acme' }, ...captured('all') }))
  await collect(rich(question, { parent: run, ...captured('hashes') }))
  await collect(rich(asking('unspeakable'), captured('all')))
  await rich.complete({ ...asking('How much?'), model: 'unpriced' })
  const left = await rich(asking('Enough?'))
  await left.peek()
  await left.cancel('seen enough')
  const embed = around([{ embedding: [1, 2] }], watch)
  await embed.embed({ model: 'embedder', input: ['onion'], dimensions: 2 }, captured('all'))
  await embed.embed({ model: 'embedder', input: ['onion'] }, captured('hashes'))
  await around('Yes', watch, broken).complete(asking('Broken?'))
  await around('Yes', watch, background).complete(asking('In the background?'))
  const traced = tracing({ tracer: new TracerProvider().getTracer('test') })
  await pipeline(fakeProvider('Yes'), traced, watch).complete(asking('In a trace?'))
  const cached = around('Yes', watch, cache({ scope: 'shared' }))
  for (const _ of [1, 2]) await cached.complete(asking('Twice?'))
}

async function readUntilText(reply: Reply, then: () => void): Promise<void> {
  for await (const event of reply) if (event.type === 'text') then()
}

/** Calls over HTTP, on this machine. */
async function overHttp(watch: Telemetry): Promise<void> {
  let asked = 0
  const refused = { status: 429, retryAfterMs: 1, providerCode: 'rate_limit_exceeded' } as const
  await using server = await fakeServer(
    inTurn(
      { failure: { ...refused, headers: { 'x-ratelimit-remaining-requests': '0' } } },
      richAnswer,
      { failure: { status: 401 } },
      'Yes',
      { failure: { status: 400, message: 'no' } },
      [{ text: 'I' }, { stall: true }],
      [{ text: 'I' }, { stall: true }],
      { failure: refused },
    ),
  )
  const chat = pipeline(
    openai({ apiKey: () => `sk-test-${asked++}`, baseUrl: server.url }),
    requestId(),
    watch,
    profiler(),
    tokenCount({ prices: table }),
    retry({ attempts: 2, minDelayMs: 0 }),
    timeout({ idleMs: 10_000 }),
  )
  const no = { layers: { retry: false } } as const
  await collect(chat(asking('Busy?')))
  await chat.complete(asking('A new key?'))
  await quietly(chat.complete(asking('Wrong?')))
  await quietly(collect(chat(asking('Slow?'), { layers: { retry: false, timeout: { idleMs: 40 } } })))
  const controller = new AbortController()
  const leave = () => controller.abort(Object.assign(new Error('left'), { code: 'ELEFT' }))
  await quietly(readUntilText(await chat(asking('Never mind?'), { signal: controller.signal, ...no }), leave))
  await quietly(chat.complete(asking('Still busy?'), no))
}

/** Calls of all kinds, recorded by one telemetry, with the metrics that it shows of them. */
export async function realRecords() {
  const exporter = memoryExporter()
  const watch = watching([exporter])
  const run = group('research agent', { attributes: { user: 'u-7' } })
  await inProcess(watch, run)
  await overHttp(watch)
  const step = run.group('a step within')
  await around('Yes', watch).complete(asking('In a step?'), { parent: step })
  step.end()
  run.end(new Error('the agent gave up'))
  await watch.flush()
  return { calls: exporter.records, groups: exporter.groups, metrics: prometheus({ source: watch }).text() }
}
