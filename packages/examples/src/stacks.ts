import { pinoLogger } from '@cepa/middleware-logging/pino'
import { prices } from '@cepa/prices'
import {
  consoleLogger,
  defaultStack,
  logging,
  type Pipeline,
  type PriceTable,
  pipeline,
  requestId,
  timeout,
  timing,
  tokenCount,
} from 'cepa'
import { type AnthropicOptions, anthropic } from 'cepa/anthropic'
import { type OpenaiOptions, openai } from 'cepa/openai'
import { pino } from 'pino'
import { type Observation, observe } from './observations.ts'
import { tidy } from './screen.ts'

/** What the stacks of the demo have in common. */
export interface Shared {
  readonly observations: Observation[]
  readonly prices: PriceTable
}

/** The default stack, with a cache that every caller of this demo shares. */
export const gptStack = (options: OpenaiOptions, { observations, prices: table }: Shared): Pipeline =>
  pipeline(
    openai(options),
    observe(observations, 'openai'),
    ...defaultStack({
      logging: { logger: tidy(consoleLogger()) },
      cache: { scope: 'shared' },
      tokenCount: { prices: table },
      retry: { attempts: 3 },
    }),
  )

/** A stack of its own: ids with a prefix that the provider gets too, pino instead of the console, no cache, no retry, tighter limits. */
export const claudeStack = (options: AnthropicOptions, { observations, prices: table }: Shared): Pipeline =>
  pipeline(
    anthropic(options),
    observe(observations, 'anthropic'),
    requestId({ prefix: 'claude_', header: true }),
    logging({ logger: tidy(pinoLogger(pino({ base: null }, pino.destination({ sync: true })))) }),
    timing(),
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
export function simulatedStacks(urls: { readonly openaiUrl: string; readonly anthropicUrl: string }): Stacks {
  const observations: Observation[] = []
  const shared = { observations, prices: prices() }
  return {
    gpt: gptStack({ baseUrl: urls.openaiUrl, apiKey: 'sk-simulator' }, shared),
    claude: claudeStack({ baseUrl: urls.anthropicUrl, apiKey: 'sk-ant-simulator' }, shared),
    models: { openai: 'gpt-4.1-mini', anthropic: 'claude-sonnet-4-5' },
    observations,
  }
}
