import type { Usage } from '@cepa/core'
import type { Step } from '../script.ts'
import { argumentsTextOf } from '../step-events.ts'
import type { Wire, WireContext } from '../wire.ts'
import { unsayable } from '../wire.ts'
import { OpenAiStream } from './openai-stream.ts'
import { openAiFailure, openAiFinish, openAiUsage } from './openai-words.ts'

interface WholeChoice {
  content: string | null
  reasoning: string
  toolCalls: unknown[]
  annotations: unknown[]
  refusal: string | null
}

const emptyChoice = (): WholeChoice => ({ content: null, reasoning: '', toolCalls: [], annotations: [], refusal: null })

/** Adds what a step says to the message of its candidate. */
function say(choice: WholeChoice, step: Step): void {
  if ('text' in step) choice.content = (choice.content ?? '') + step.text
  else if ('reasoning' in step) choice.reasoning += step.reasoning
  else if ('source' in step) choice.annotations.push(step.source)
  else if ('toolCall' in step) {
    const { name, id } = step.toolCall
    const call = { name, arguments: argumentsTextOf(step.toolCall) }
    choice.toolCalls.push({ id: id ?? `call-${choice.toolCalls.length + 1}`, type: 'function', function: call })
  } else if (!('usage' in step) && !('comment' in step) && !('raw' in step)) throw unsayable('openai', step)
}

const messageOf = (choice: WholeChoice): object => ({
  role: 'assistant',
  content: choice.content,
  refusal: choice.refusal,
  ...(choice.reasoning !== '' && { reasoning_content: choice.reasoning }),
  ...(choice.toolCalls.length > 0 && { tool_calls: choice.toolCalls }),
  annotations: choice.annotations,
})

function wholeChat({ plan, meter }: WireContext, steps: readonly Step[]): unknown {
  const choices: WholeChoice[] = [emptyChoice()]
  let finish = 'stop'
  let usage: Usage | undefined
  for (const step of steps) {
    meter.add(step)
    if ('end' in step) {
      finish = openAiFinish(step)
      usage = meter.usageAtEnd(step)
      continue
    }
    const index = 'choice' in step ? (step.choice ?? 0) : 0
    choices[index] ??= emptyChoice()
    say(choices[index], step)
  }
  return {
    id: plan.id,
    object: 'chat.completion',
    created: 1_767_225_600,
    model: plan.model,
    choices: Array.from(choices, (choice, index) => ({
      index,
      message: messageOf(choice ?? emptyChoice()),
      logprobs: null,
      finish_reason: finish,
    })),
    ...(usage && { usage: openAiUsage(usage) }),
  }
}

const encoded = (vector: readonly number[], format: unknown): unknown => {
  if (format !== 'base64') return vector
  const bytes = new Uint8Array(new Float32Array(vector).buffer)
  return btoa(String.fromCharCode(...bytes))
}

function wholeEmbedding({ plan, seen, meter }: WireContext, steps: readonly Step[]): unknown {
  const format = (seen.request as object as { encoding_format?: unknown }).encoding_format
  for (const step of steps) meter.add(step)
  const data = steps.flatMap((step) => ('embedding' in step ? [step] : []))
  const { inputTokens } = meter.charged
  return {
    object: 'list',
    data: data.map((step, at) => ({
      object: 'embedding',
      index: step.index ?? at,
      embedding: encoded(step.embedding, format),
    })),
    model: plan.model,
    ...(plan.usage !== false && { usage: { prompt_tokens: inputTokens, total_tokens: inputTokens } }),
  }
}

/**
 * OpenAI's Chat Completions and Embeddings, streamed and whole. Reasoning is sent as `reasoning_content`, as the compatible
 * servers do; a `source` is an annotation; usage is streamed only to those who ask with `stream_options`.
 *
 * @see https://platform.openai.com/docs/api-reference/chat
 */
export const openaiWire: Wire = {
  name: 'openai',
  basePath: '/v1',
  framing: 'sse',
  rateLimitPrefix: 'x-ratelimit-',
  ask(path, body) {
    if (path.endsWith('/chat/completions'))
      return { operation: 'chat', mode: body.stream === true ? 'stream' : 'complete' }
    return path.endsWith('/embeddings') ? { operation: 'embed', mode: 'complete' } : undefined
  },
  side: (method, path) =>
    method === 'GET' && path.endsWith('/models')
      ? { object: 'list', data: [{ id: 'fake-model', object: 'model', created: 1_767_225_600, owned_by: 'fake' }] }
      : undefined,
  headers: (plan) => ({ 'x-request-id': plan.providerRequestId }),
  stream: (context) => new OpenAiStream(context),
  whole: (context, steps) => (context.seen.operation === 'embed' ? wholeEmbedding : wholeChat)(context, steps),
  failure: openAiFailure,
}
