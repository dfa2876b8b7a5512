import { CepaError, type Ending, type Pipeline, ProviderError } from 'cepa'
import { dim, print, say, scene } from './screen.ts'
import { show } from './show.ts'
import type { Stacks } from './stacks.ts'

const userAsks = (content: string) => [{ role: 'user', content }] as const

/** How a call that did not come to its end ended, and what it had by then. */
function tellEnding(error: unknown): void {
  const ending: Ending | undefined = error instanceof CepaError ? error.ending : undefined
  const { message } = error as Error
  const had = ending?.completion
  const { inputTokens, outputTokens } = had?.usage ?? {}
  const tokens = inputTokens === undefined ? '' : `, and was told of ${inputTokens} tokens in and ${outputTokens} out`
  console.log(`  ${ending?.kind ?? 'failed'}: ${message}`)
  if (had?.text) console.log(`  it had ${had.text.length} characters${tokens}: “${had.text.slice(0, 30)}…”`)
}

/** Where the third column of an explained layer begins; lines that are too long go on below it. */
const hangOf = (line: string): number => /^ +(?:\d+|‖) +\S+ +/.exec(line)?.[0].length ?? 4

/** A stack in words. */
export function explain(stack: Pipeline): void {
  console.log()
  for (const line of stack.explain().split('\n')) print(line, hangOf(line))
}

/** Both stacks in words. */
export function introduce({ gpt, claude }: Stacks): void {
  scene('0  Two stacks')
  say(
    '  Both record every call in one telemetry. One logs to the console, the other to pino, whose JSON is shortened here.',
  )
  explain(gpt)
  explain(claude)
}

/** A streamed answer from each provider. */
export async function streams({ gpt, claude, models }: Stacks, prompt: string): Promise<void> {
  scene('1  A streamed answer from each provider')
  say(`  openai: ${prompt}`)
  await show(await gpt({ model: models.openai, messages: userAsks(prompt) }, { attributes: { call: 'stream' } }))
  say(`  anthropic: ${prompt}`)
  await show(await claude({ model: models.anthropic, messages: userAsks(prompt) }, { attributes: { call: 'stream' } }))
}

/** The same request again: the cache answers, as a stream. */
export async function cached({ gpt, models }: Stacks, prompt: string): Promise<void> {
  scene('2  The same call again, answered by the cache')
  await show(await gpt({ model: models.openai, messages: userAsks(prompt) }, { attributes: { call: 'again' } }))
}

/** A refusal that goes away by itself. The simulator injects it. */
export async function retried({ gpt, models }: Stacks): Promise<void> {
  scene('3  A 429, answered by a retry (the simulator injects the 429)')
  await show(
    await gpt(
      { model: models.openai, messages: userAsks('Ask again in the busy hour') },
      { attributes: { call: 'busy hour' } },
    ),
  )
}

/** A call that its caller gives up in the middle. */
export async function aborted({ claude, models }: Stacks): Promise<void> {
  scene('4  A call aborted in the middle, with what it had')
  const controller = new AbortController()
  const request = { model: models.anthropic, messages: userAsks('Tell me a long story') }
  try {
    let read = 0
    for await (const event of await claude(request, { signal: controller.signal, attributes: { call: 'aborted' } })) {
      if (event.type === 'text' && ++read === 12) controller.abort(new Error('the user closed the page'))
    }
  } catch (error) {
    tellEnding(error)
  }
}

/** A call that cannot work, and why. */
export async function failing({ gpt, models }: Stacks): Promise<void> {
  scene('5  A call that fails, and why')
  try {
    await gpt.complete(
      { model: models.openai, messages: userAsks('Use the wrong key') },
      { attributes: { call: 'wrong key' } },
    )
  } catch (error) {
    tellEnding(error)
    if (error instanceof ProviderError) {
      console.log(
        dim(`  kind ${error.kind}, status ${error.status}, ${error.retryable ? 'retryable' : 'not retryable'}`),
      )
    }
  }
}
