import {
  defaultStack,
  logging,
  type Pipeline,
  type PriceTable,
  type Profiler,
  pipeline,
  requestId,
  type Telemetry,
  timeout,
  timing,
  tokenCount,
} from 'cepa'
import { type AnthropicOptions, anthropic } from 'cepa/anthropic'
import { type OpenaiOptions, openai } from 'cepa/openai'
import { prices } from 'cepa/prices'
import { jsonLogger, screenLogger } from './loggers.ts'
import { type Observation, observe } from './observations.ts'

/** What the stacks of the demo have in common. */
export interface Shared {
  readonly observations: Observation[]
  readonly prices: PriceTable
  readonly watch: Telemetry
  readonly profile: Profiler
}

/** The default stack, with a cache that every caller of this demo shares. */
export const gptStack = (options: OpenaiOptions, { observations, prices: table, watch, profile }: Shared): Pipeline =>
  pipeline(
    openai(options),
    observe(observations, 'openai'),
    ...defaultStack({
      telemetry: watch,
      logging: { logger: screenLogger() },
      profiler: profile,
      cache: { scope: 'shared' },
      tokenCount: { prices: table },
      retry: { attempts: 3 },
    }),
  )

/** A stack of its own: ids with a prefix that the provider gets too, pino instead of the console, no cache, no retry, tighter limits. */
export const claudeStack = (
  options: AnthropicOptions,
  { observations, prices: table, watch, profile }: Shared,
): Pipeline =>
  pipeline(
    anthropic(options),
    observe(observations, 'anthropic'),
    requestId({ prefix: 'claude_', header: true }),
    watch,
    logging({ logger: jsonLogger() }),
    timing(),
    profile,
    tokenCount({ prices: table }),
    timeout({ headersMs: 20_000, idleMs: 30_000 }),
  )

/** The two stacks of the demonstration, with all that they observe. */
export interface Stacks {
  readonly gpt: Pipeline
  readonly claude: Pipeline
  readonly models: { readonly openai: string; readonly anthropic: string }
  readonly observations: readonly Observation[]
}

/** Composes both stacks against a simulator. */
export function simulatedStacks(
  urls: { readonly openaiUrl: string; readonly anthropicUrl: string },
  { watch, profile }: Pick<Shared, 'watch' | 'profile'>,
): Stacks {
  const observations: Observation[] = []
  const shared = { observations, prices: prices(), watch, profile }
  return {
    gpt: gptStack({ baseUrl: urls.openaiUrl, apiKey: 'sk-simulator' }, shared),
    claude: claudeStack({ baseUrl: urls.anthropicUrl, apiKey: 'sk-ant-simulator' }, shared),
    models: { openai: 'gpt-4.1-mini', anthropic: 'claude-sonnet-4-5' },
    observations,
  }
}
