import type { Pipeline } from 'cepa'
import { prices } from 'cepa/prices'
import { COLUMNS, type Observation } from './observations.ts'
import { startRecording, tellProfile, tellRecording } from './recording.ts'
import { explain } from './scenes.ts'
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

async function ask(pipeline: Pipeline, model: string, prompt: string): Promise<void> {
  const messages = [{ role: 'user', content: prompt }] as const
  try {
    await show(
      await pipeline({ model, messages, maxOutputTokens: MAX_OUTPUT_TOKENS }, { attributes: { call: 'live' } }),
    )
  } catch (error) {
    console.log(`  failed: ${(error as Error).message}`)
  }
}

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
  const recording = startRecording()
  const { watch, profile } = recording
  const shared: Shared = { observations, prices: prices(), watch, profile }
  say(`Live: answers are capped at ${MAX_OUTPUT_TOKENS} tokens; the table shows what they cost.`)
  const asked = there.map((provider) => ({ ...provider, pipeline: provider.stack(shared) }))
  await recording.scope.run('npm start -- --live', async () => {
    for (const { pipeline, modelVariable, defaultModel } of asked) {
      explain(pipeline)
      await ask(pipeline, process.env[modelVariable] ?? defaultModel, prompt)
    }
  })
  scene('What was observed')
  console.log(table(COLUMNS, observations))
  tellProfile(recording)
  await tellRecording(recording)
  await Promise.all(asked.map(({ pipeline }) => pipeline.close()))
  return true
}
