import { prices } from '@cepa/prices'
import type { Pipeline } from 'cepa'
import { COLUMNS, type Observation } from './observations.ts'
import { say, scene } from './screen.ts'
import { show } from './show.ts'
import { claudeStack, gptStack, type Shared } from './stacks.ts'
import { table } from './table.ts'

/** Most tokens that a live answer may have, so that a demonstration costs next to nothing. */
const MAX_OUTPUT_TOKENS = 200

interface LiveProvider {
  readonly keyVariable: string
  readonly modelVariable: string
  readonly defaultModel: string
  readonly stack: (shared: Shared) => Pipeline
}

const PROVIDERS: readonly LiveProvider[] = [
  {
    keyVariable: 'OPENAI_API_KEY',
    modelVariable: 'OPENAI_MODEL',
    defaultModel: 'gpt-4.1-mini',
    stack: (shared) => gptStack({}, shared),
  },
  {
    keyVariable: 'ANTHROPIC_API_KEY',
    modelVariable: 'ANTHROPIC_MODEL',
    defaultModel: 'claude-haiku-4-5',
    stack: (shared) => claudeStack({}, shared),
  },
]

/** Asks the providers whose keys are in the environment. Returns whether there were any. */
export async function playLive(prompt: string): Promise<boolean> {
  const there = PROVIDERS.filter(({ keyVariable }) => process.env[keyVariable])
  if (there.length === 0) {
    console.error(
      `--live needs a key: set ${PROVIDERS.map(({ keyVariable }) => keyVariable).join(' or ')} and run it again.`,
    )
    return false
  }
  const observations: Observation[] = []
  const shared: Shared = { observations, prices: prices() }
  say(`Live: answers are capped at ${MAX_OUTPUT_TOKENS} tokens; the table shows what they cost.`)
  for (const { modelVariable, defaultModel, stack } of there) {
    const pipeline = stack(shared)
    const model = process.env[modelVariable] ?? defaultModel
    scene(pipeline.explain())
    const messages = [{ role: 'user', content: prompt }] as const
    try {
      await show(
        await pipeline({ model, messages, maxOutputTokens: MAX_OUTPUT_TOKENS }, { attributes: { call: 'live' } }),
      )
    } catch (error) {
      console.log(`  failed: ${(error as Error).message}`)
    }
    await pipeline.close()
  }
  scene('What was observed')
  console.log(table(COLUMNS, observations))
  return true
}
