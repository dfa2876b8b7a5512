import type { Usage } from '@cepa/core'
import type { Step } from '../script.ts'
import type { Wire, WireContext } from '../wire.ts'
import { type Block, blockKind, continues, emptyBlock, filled } from './anthropic-blocks.ts'
import { AnthropicStream } from './anthropic-stream.ts'
import { anthropicFailure, anthropicFinish, anthropicUsage } from './anthropic-words.ts'

function wholeMessage({ plan, meter }: WireContext, steps: readonly Step[]): unknown {
  const content: Block[] = []
  let toolCalls = 0
  let finish = 'end_turn'
  let usage: Usage | undefined
  for (const step of steps) {
    meter.add(step)
    if ('end' in step) {
      finish = anthropicFinish(step)
      usage = meter.usageAtEnd(step)
    }
    if (blockKind(step) === undefined) continue
    if ('toolCall' in step) toolCalls++
    const open = continues(content.at(-1), step) ? content.pop() : undefined
    content.push(filled(open ?? emptyBlock(step, toolCalls), step))
  }
  return {
    id: plan.id,
    type: 'message',
    role: 'assistant',
    model: plan.model,
    content,
    stop_reason: finish,
    stop_sequence: null,
    ...(usage && { usage: anthropicUsage(usage) }),
  }
}

/**
 * Anthropic's Messages, streamed and whole: content blocks, thinking with signatures, partial JSON of tools, usage at the start
 * and at the end. A `source` is a citation.
 *
 * @see https://docs.anthropic.com/en/api/messages-streaming
 */
export const anthropicWire: Wire = {
  name: 'anthropic',
  basePath: '',
  framing: 'sse',
  rateLimitPrefix: 'anthropic-ratelimit-',
  finishes: ['stop', 'length', 'refusal', 'pause'],
  ask: (path, body) =>
    path.endsWith('/v1/messages')
      ? { operation: 'chat', mode: body.stream === true ? 'stream' : 'complete' }
      : undefined,
  side(method, path) {
    if (method === 'POST' && path.endsWith('/count_tokens')) return { input_tokens: 7 }
    if (method !== 'GET' || !path.endsWith('/models')) return undefined
    return {
      data: [{ type: 'model', id: 'fake-model', display_name: 'Fake', created_at: '2026-01-01T00:00:00Z' }],
      has_more: false,
    }
  },
  headers: (plan) => ({ 'request-id': plan.providerRequestId }),
  stream: (context) => new AnthropicStream(context),
  whole: wholeMessage,
  failure: (failure, plan) => anthropicFailure(failure, plan.providerRequestId),
}
