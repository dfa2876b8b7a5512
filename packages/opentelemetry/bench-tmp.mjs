import { middleware, pipeline, Reply } from '@cepa/core'
import { context, metrics, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { TracerProvider } from '@opentelemetry/sdk-trace'
import { metering, tracing } from './src/index.ts'

const usage = { inputTokens: 31, outputTokens: 12, cacheReadTokens: 8, source: 'provider' }
let n = 0
const adapter = {
  name: 'openai',
  operations: ['chat'],
  identity: () => 'x',
  handle: async (call) => {
    call.attempt.report({
      status: 200,
      serverAddress: 'api.openai.com',
      serverPort: 443,
      providerRequestId: `req_011CQ${(n++).toString(36)}zabcdef`,
      bytesSent: 400,
      bytesReceived: 900,
    })
    const at = call.clock.now()
    let i = 0
    const events = [
      { type: 'start', id: `chatcmpl-9f8a7b${n.toString(36)}c5d4e3f2a1b0c`, model: 'gpt-4o-2024-08-06', at },
      ...Array.from({ length: 20 }, () => ({ type: 'text', text: 'word ', at })),
      { type: 'end', finish: 'stop', usage, at },
    ]
    return Reply.from({ pull: () => events[i++] ?? null, close() {} })
  },
}
const request = { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }], maxOutputTokens: 100, temperature: 0.2 }
const plain = () => middleware({ name: 'plain', handle: (call, next) => next(call) })
const run = async (chat, times) => {
  for (let i = 0; i < times; i++) for await (const e of await chat(request)) void e
}
const stacks = {
  bare: () => pipeline(adapter),
  'empty handle': () => pipeline(adapter, plain()),
  tracing: () => pipeline(adapter, tracing()),
  metering: () => pipeline(adapter, metering()),
  'metering no chunks': () => pipeline(adapter, metering({ outputChunks: false })),
  both: () => pipeline(adapter, tracing(), metering()),
}
async function all(title) {
  console.log(title)
  const made = Object.entries(stacks).map(([name, make]) => [name, make(), []])
  for (const [, chat] of made) await run(chat, 3000)
  for (let round = 0; round < 7; round++)
    for (const [, chat, times] of made) {
      const t = process.cpuUsage()
      await run(chat, 3000)
      const u = process.cpuUsage(t)
      times.push((u.user + u.system) / 3000)
    }
  const base = Math.min(...made[0][2])
  for (const [name, , times] of made)
    console.log(
      `  ${name.padEnd(20)} ${(Math.min(...times)).toFixed(2)} µs/call  (+${(Math.min(...times) - base).toFixed(2)})`,
    )
}
await all('no SDK')
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
trace.setGlobalTracerProvider(
  new TracerProvider({
    spanProcessors: [{ onStart() {}, onEnd() {}, forceFlush: async () => {}, shutdown: async () => {} }],
  }),
)
metrics.setGlobalMeterProvider(
  new MeterProvider({
    readers: [
      new PeriodicExportingMetricReader({
        exporter: new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE),
        exportIntervalMillis: 3600000,
      }),
    ],
  }),
)
await all('SDK')
process.exit(0)
