import { LLMock } from '@copilotkit/aimock'

/** A provider in this process that speaks the real wires over real HTTP on the loopback interface. */
export interface Simulator {
  readonly openaiUrl: string
  readonly anthropicUrl: string
  stop(): Promise<void>
}

const ONION =
  'An onion keeps its layers in order: the dry skin outside, the sweet rings within. Cut it, and every ring shows; ' +
  'that is all that observability asks of software.'

const usage = (inputTokens: number, outputTokens: number) => ({
  prompt_tokens: inputTokens,
  completion_tokens: outputTokens,
  total_tokens: inputTokens + outputTokens,
  input_tokens: inputTokens,
  output_tokens: outputTokens,
})

const words = (text: string): number => Math.ceil(text.length / 4)

/** Milliseconds to the first token, and tokens a second: slow enough to watch, fast enough to wait for. */
const PACE = { ttft: 60, tps: 220 }

/** Starts the simulator with its scripted answers; a prompt that no script knows is answered too. */
export async function startSimulator(): Promise<Simulator> {
  const mock = new LLMock({ port: 0, host: '127.0.0.1', logLevel: 'silent' })
  mock.on(
    { userMessage: /busy hour/, sequenceIndex: 0 },
    {
      error: { message: 'Rate limit reached for requests', type: 'requests', code: 'rate_limit_exceeded' },
      status: 429,
      retryAfter: 1,
    },
  )
  mock.onMessage(
    /busy hour/,
    { content: 'Here now; the queue was long.', usage: usage(14, 9) },
    { streamingProfile: PACE },
  )
  mock.onMessage(/wrong key/, {
    error: { message: 'Incorrect API key provided', type: 'invalid_request_error', code: 'invalid_api_key' },
    status: 401,
  })
  mock.onMessage(
    /long story/,
    // it is told with the first event, as Anthropic tells how many tokens there are so far
    { content: `${ONION} `.repeat(12), usage: usage(18, 1) },
    { streamingProfile: { ttft: 60, tps: 60 } },
  )
  mock.onMessage(/onion/, { content: ONION, usage: usage(21, words(ONION)) }, { streamingProfile: PACE })
  mock.onMessage(
    /[\s\S]*/,
    { content: 'This is the simulator: it has no opinion, but it has read your prompt.', usage: usage(12, 17) },
    { streamingProfile: PACE },
  )
  await mock.start()
  return { openaiUrl: `${mock.url}/v1`, anthropicUrl: mock.url, stop: () => mock.stop() }
}
