import type { ChatRequest } from '@cepa/core'
import { describe, expect, it } from 'vitest'
import { messagesBody } from './messages-body.ts'

const bare: ChatRequest = { model: 'claude-opus-5-5', messages: [{ role: 'user', content: 'hi' }] }

const body = (change: Partial<ChatRequest> = {}, stream = false): Readonly<Record<string, unknown>> =>
  messagesBody({ ...bare, ...change }, { provider: 'anthropic', stream, maxOutputTokens: 32_000 })

/** What a change of the request adds to the body. */
const added = (change: Partial<ChatRequest>): object => {
  const { model: _model, messages: _messages, ...rest } = body({ maxOutputTokens: 9, ...change })
  const { max_tokens: maxTokens, ...more } = rest as { max_tokens: number }
  expect(maxTokens).toBe(9)
  return more
}

describe('the body', () => {
  it('has the model, the messages and the required limit, and nothing that was not asked', () => {
    expect(body()).toEqual({
      model: 'claude-opus-5-5',
      max_tokens: 32_000,
      messages: [{ role: 'user', content: 'hi' }],
    })
    expect(body({}, true)).toMatchObject({ stream: true })
    expect(body({ maxOutputTokens: 9 })).toMatchObject({ max_tokens: 9 })
  })

  it('sampling and stop sequences', () => {
    expect(added({ temperature: 0.5, topP: 0.9, topK: 5, stop: ['###'] })).toEqual({
      temperature: 0.5,
      top_p: 0.9,
      top_k: 5,
      stop_sequences: ['###'],
    })
  })

  it.each<[ChatRequest['reasoning'], object]>([
    [{ effort: 'high' }, { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } }],
    [{ effort: 'none' }, { thinking: { type: 'disabled' } }],
    [{ maxTokens: 2_000 }, { thinking: { type: 'enabled', budget_tokens: 2_000 } }],
    [
      { effort: 'low', maxTokens: 2_000 },
      { thinking: { type: 'enabled', budget_tokens: 2_000 }, output_config: { effort: 'low' } },
    ],
    [{}, {}],
  ])('reasoning %j', (reasoning, expected) => {
    expect(added({ reasoning: reasoning ?? {} })).toEqual(expected)
  })

  it('a budget for thinking comes on top of the default limit, which it counts in', () => {
    expect(body({ reasoning: { maxTokens: 2_000 } })).toMatchObject({ max_tokens: 34_000 })
  })

  it('providerOptions go in as they are and win; output_config is joined, betas are for the headers', () => {
    const providerOptions = {
      cache_control: { type: 'ephemeral' },
      thinking: { type: 'adaptive', display: 'summarized' },
      output_config: { effort: 'max' },
      max_tokens: 7,
      betas: ['fast-mode-2026-02-01'],
    }
    const schema = { type: 'object', additionalProperties: false }
    expect(body({ providerOptions, reasoning: { effort: 'low' }, responseFormat: { type: 'json', schema } })).toEqual({
      model: 'claude-opus-5-5',
      max_tokens: 7,
      messages: [{ role: 'user', content: 'hi' }],
      cache_control: { type: 'ephemeral' },
      thinking: { type: 'adaptive', display: 'summarized' },
      output_config: { effort: 'max', format: { type: 'json_schema', schema } },
    })
    expect(body({ providerOptions: { output_config: null } })).toMatchObject({ output_config: null })
  })

  it.each<[Partial<ChatRequest>, string]>([
    [{ candidates: 2 }, 'candidates is 2'],
    [{ seed: 7 }, 'seed is 7'],
    [{ presencePenalty: 0.5 }, 'presencePenalty is 0.5'],
    [{ frequencyPenalty: 1 }, 'frequencyPenalty is 1'],
    [{ logProbabilities: 3 }, 'logProbabilities is 3'],
  ])('%j is refused before anything is sent', (change, words) => {
    expect(() => body(change)).toThrow(`anthropic: option ${words}; leave it out for this provider`)
  })

  it('what asks for nothing is not refused', () => {
    expect(added({ candidates: 1, presencePenalty: 0, frequencyPenalty: 0 })).toEqual({})
  })
})

describe('tools', () => {
  const parameters = { type: 'object', properties: { city: { type: 'string' } } }

  it('with their marks, and those of the provider after them', () => {
    const marked = { name: 'f', parameters, providerOptions: { cache_control: { type: 'ephemeral', ttl: '1h' } } }
    const search = { type: 'web_search_20260318', name: 'web_search', max_uses: 2 }
    expect(
      added({
        tools: [{ name: 'weather', description: 'tells it', parameters, strict: true }, marked],
        providerOptions: { tools: [search] },
      }),
    ).toEqual({
      tools: [
        {
          name: 'weather',
          description: 'tells it',
          input_schema: { ...parameters, additionalProperties: false },
          strict: true,
        },
        { name: 'f', input_schema: parameters, cache_control: { type: 'ephemeral', ttl: '1h' } },
        search,
      ],
    })
    expect(added({ providerOptions: { tools: [search] } })).toEqual({ tools: [search] })
  })

  it.each<[Partial<ChatRequest>, object | undefined]>([
    [{}, undefined],
    [{ toolChoice: 'auto' }, { type: 'auto' }],
    [{ toolChoice: 'required' }, { type: 'any' }],
    [{ toolChoice: 'none', parallelToolCalls: false }, { type: 'none' }],
    [{ toolChoice: { tool: 'f' } }, { type: 'tool', name: 'f' }],
    [{ parallelToolCalls: true }, undefined],
    [{ parallelToolCalls: false }, { type: 'auto', disable_parallel_tool_use: true }],
    [
      { toolChoice: 'required', parallelToolCalls: false },
      { type: 'any', disable_parallel_tool_use: true },
    ],
  ])('chosen by %j', (change, expected) => {
    expect(body({ tools: [{ name: 'f', parameters }], ...change }).tool_choice).toEqual(expected)
  })

  it('one at a time needs tools', () => {
    expect(added({ parallelToolCalls: false })).toEqual({})
  })
})
