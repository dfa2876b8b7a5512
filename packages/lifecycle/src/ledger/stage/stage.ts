import { anthropic } from '@cepa/adapter-anthropic'
import { openai } from '@cepa/adapter-openai'
import { type AnyMiddleware, type Pipeline, type PipelineOptions, pipeline } from '@cepa/core'
import { fileExporter } from '@cepa/exporter-file'
import { otlpExporter } from '@cepa/exporter-otlp'
import { type Prometheus, prometheus } from '@cepa/exporter-prometheus'
import { type Group, group, type Telemetry, telemetry } from '@cepa/middleware-telemetry'
import { type MemoryExporter, memoryExporter } from '@cepa/testing'
import { type Cues, newCues } from '../script/cues.ts'
import type { Provider } from '../script/scene.ts'
import type { ScriptLine } from '../script/script.ts'
import { handlesNow } from './close-stage.ts'
import { type Collector, collector } from './collector.ts'
import { DETACHED, layersFor } from './layers.ts'
import { type OpenTelemetry, openTelemetry } from './open-telemetry.ts'
import { type Part, type ScriptedProvider, scriptedProvider } from './provider.ts'

/** How long a reply may stay unread, in milliseconds. */
const UNREAD_AFTER_MS = 300

/** Metrics are sent when they are asked for: an hour is longer than any test. */
const NEVER_MS = 3_600_000

/** Everything that the script is played on: providers, stacks, telemetry, and what it tells. */
export interface Stage {
  readonly providers: Readonly<Record<Provider, ScriptedProvider>>
  readonly chats: Readonly<Record<Provider, Pipeline>>
  readonly cues: ReadonlyMap<string, Cues>
  readonly watch: Telemetry
  readonly memory: MemoryExporter
  readonly otel: OpenTelemetry
  /** What receives OTLP from the exporter. */
  readonly collector: Collector
  readonly metrics: Prometheus
  /** The groups by name, each within the one that its name begins with. */
  readonly groups: ReadonlyMap<string, Group>
  /** What telemetry found wrong with exporters and observers. */
  readonly problems: readonly string[]
  /** Timers and sockets of the process that were there before. */
  readonly handles: ReadonlyMap<string, number>
}

function partsOf(lines: readonly ScriptLine[], cues: ReadonlyMap<string, Cues>): ReadonlyMap<string, Part> {
  const parts = new Map<string, Part>()
  for (const { key, scene } of lines) {
    const own = cues.get(key) as Cues
    parts.set(key, { turns: scene.turns, cues: own })
    if (scene.detached) parts.set(key + DETACHED, { turns: [scene.detached], cues: own })
  }
  return parts
}

function groupsOf(lines: readonly ScriptLine[]): ReadonlyMap<string, Group> {
  const groups = new Map<string, Group>()
  const named = (name: string): Group => {
    const known = groups.get(name)
    if (known) return known
    const cut = name.lastIndexOf('/')
    const made = cut === -1 ? group(name) : named(name.slice(0, cut)).group(name)
    groups.set(name, made)
    return made
  }
  for (const line of lines) if (line.group !== undefined) named(line.group)
  return groups
}

let keys = 0
/** A key that is another one each time. */
const nextKey = (): string => `key-${++keys}`

/** The compiler need not see the order of these layers: assembly judges it. */
const assembled = (name: string, adapter: PipelineOptions<never, never>['adapter'], layers: readonly AnyMiddleware[]) =>
  pipeline({ name, adapter, layers, unreadAfterMs: UNREAD_AFTER_MS } as never) as object as Pipeline

/** Puts everything together. @param path the file that records are written to. */
export async function setStage(lines: readonly ScriptLine[], path: string): Promise<Stage> {
  const handles = handlesNow()
  const cues = new Map(lines.map(({ key }) => [key, newCues()]))
  const parts = partsOf(lines, cues)
  const providers = {
    openai: await scriptedProvider('openai', parts),
    anthropic: await scriptedProvider('anthropic', parts),
  }
  const received = await collector()
  const otlp = otlpExporter({ endpoint: received.url, protocol: 'http/json', metrics: { intervalMs: NEVER_MS } })
  const memory = memoryExporter({ maxItems: 1_000_000 })
  const problems: string[] = []
  const watch = telemetry({
    exporters: [memory, fileExporter({ path }), otlp],
    metrics: { dimensions: ['operation', 'mode', 'provider', 'model', 'ending'], attributes: ['tenant'] },
    report: ({ where, error }) => void problems.push(`${where}: ${error.message}`),
  })
  watch.observe(otlp)
  const otel = openTelemetry()
  const adapters = {
    openai: openai({ apiKey: nextKey, baseUrl: providers.openai.server.url }),
    anthropic: anthropic({ apiKey: nextKey, baseUrl: providers.anthropic.server.url }),
  }
  const chatOf = (name: Provider) => assembled(name, adapters[name] as never, layersFor({ cues, watch, otel }))
  return {
    providers,
    chats: { openai: chatOf('openai'), anthropic: chatOf('anthropic') },
    cues,
    watch,
    memory,
    otel,
    collector: received,
    metrics: prometheus({ source: watch }),
    groups: groupsOf(lines),
    problems,
    handles,
  }
}
