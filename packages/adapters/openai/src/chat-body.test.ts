import { type ChatRequest, type Message, OptionError } from '@cepa/core'
import { describe, expect, it } from 'vitest'
import { chatBody } from './chat-body.ts'

const body = (request: Partial<ChatRequest>, stream = false): Readonly<Record<string, unknown>> =>
  chatBody({ model: 'm', messages: [], ...request }, { provider: 'openai', stream, streamUsage: true })

const messages = (...list: readonly Message[]): unknown => body({ messages: list }).messages

describe('parameters', () => {
  it('go by the provider’s names; what is absent is left out', () => {
    expect(body({})).toEqual({ model: 'm', messages: [] })
    const request: Partial<ChatRequest> = {
      toolChoice: { tool: 'f' },
      parallelToolCalls: false,
      maxOutputTokens: 5,
      temperature: 0,
      topP: 0.5,
      topK: 3,
      presencePenalty: 1,
      frequencyPenalty: 2,
      seed: 7,
      stop: ['x'],
      candidates: 2,
      logProbabilities: 0,
      reasoning: { effort: 'low' },
      tools: [{ name: 'f', description: 'd', parameters: { type: 'object' }, strict: true }],
    }
    expect(body(request)).toEqual({
      model: 'm',
      messages: [],
      tools: [
        { type: 'function', function: { name: 'f', description: 'd', parameters: { type: 'object' }, strict: true } },
      ],
      tool_choice: { type: 'function', function: { name: 'f' } },
      parallel_tool_calls: false,
      max_completion_tokens: 5,
      temperature: 0,
      top_p: 0.5,
      top_k: 3,
      presence_penalty: 1,
      frequency_penalty: 2,
      seed: 7,
      stop: ['x'],
      n: 2,
      logprobs: true,
      top_logprobs: 0,
      reasoning_effort: 'low',
    })
  })

  it('response formats', () => {
    const schema = { type: 'object' }
    expect(body({ responseFormat: { type: 'text' } }).response_format).toEqual({ type: 'text' })
    expect(body({ responseFormat: { type: 'json' } }).response_format).toEqual({ type: 'json_object' })
    expect(body({ responseFormat: { type: 'json', schema } }).response_format).toEqual({
      type: 'json_schema',
      json_schema: { name: 'answer', schema },
    })
    expect(body({ responseFormat: { type: 'json', schema, name: 'city', strict: true } }).response_format).toEqual({
      type: 'json_schema',
      json_schema: { name: 'city', schema, strict: true },
    })
  })

  it('what a tool says to this provider alone stands beside its function', () => {
    const tool = {
      name: 'f',
      parameters: { type: 'object' },
      providerOptions: { cache_control: { type: 'ephemeral' } },
    }
    expect(body({ tools: [tool] }).tools).toEqual([
      {
        type: 'function',
        function: { name: 'f', parameters: { type: 'object' } },
        cache_control: { type: 'ephemeral' },
      },
    ])
  })

  it('providerOptions go in as they are, and win', () => {
    expect(body({ temperature: 1, providerOptions: { temperature: 2, service_tier: 'flex' } })).toMatchObject({
      temperature: 2,
      service_tier: 'flex',
    })
  })

  it('a stream is asked for its usage, beside what the caller asks of it', () => {
    expect(body({}, true)).toMatchObject({ stream: true, stream_options: { include_usage: true } })
    const more = body({ providerOptions: { stream: false, stream_options: { include_obfuscation: false } } }, true)
    expect(more).toMatchObject({ stream: true, stream_options: { include_usage: true, include_obfuscation: false } })
    expect(body({ providerOptions: { stream_options: null } }, true)).not.toHaveProperty('stream_options')
    expect(body({ providerOptions: { stream_options: { include_usage: true } } })).not.toHaveProperty('stream_options')
    const silent = chatBody({ model: 'm', messages: [] }, { provider: 'openai', stream: true, streamUsage: false })
    expect(silent).toEqual({ model: 'm', messages: [], stream: true })
  })

  it('a number of reasoning tokens cannot be said', () => {
    expect(() => body({ reasoning: { maxTokens: 100 } })).toThrow(
      /openai: option reasoning.maxTokens is given; Chat Completions limits reasoning by effort only/,
    )
  })
})

describe('messages', () => {
  it('text', () => {
    expect(
      messages(
        { role: 'system', content: 'be brief' },
        { role: 'user', content: 'hi' },
        { role: 'assistant', content: 'hello' },
        {
          role: 'system',
          content: [{ type: 'text', text: 'a', providerOptions: { cache_control: { type: 'ephemeral' } } }],
        },
      ),
    ).toEqual([
      { role: 'system', content: 'be brief' },
      { role: 'user', content: 'hi' },
      { role: 'assistant', content: 'hello' },
      { role: 'system', content: [{ type: 'text', text: 'a', cache_control: { type: 'ephemeral' } }] },
    ])
  })

  it('images, files and audio', () => {
    const bytes = new Uint8Array([104, 105])
    const content = [
      { type: 'text', text: 'look' },
      { type: 'image', image: { url: 'https://h/i.png' }, detail: 'low' },
      { type: 'image', image: { bytes }, mediaType: 'image/png' },
      { type: 'file', file: { base64: 'aGk=' }, mediaType: 'image/jpeg' },
      { type: 'file', file: { bytes }, mediaType: 'application/pdf', name: 'a.pdf' },
      { type: 'file', file: { bytes }, mediaType: 'application/pdf' },
      { type: 'file', file: { fileId: 'file-1' }, mediaType: 'application/pdf' },
      { type: 'file', file: { bytes }, mediaType: 'audio/mpeg' },
      { type: 'file', file: { base64: 'aGk=' }, mediaType: 'audio/x-wav' },
    ] as const
    expect(messages({ role: 'user', content })).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'look' },
          { type: 'image_url', image_url: { url: 'https://h/i.png', detail: 'low' } },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,aGk=' } },
          { type: 'image_url', image_url: { url: 'data:image/jpeg;base64,aGk=' } },
          { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,aGk=' } },
          { type: 'file', file: { filename: 'file.pdf', file_data: 'data:application/pdf;base64,aGk=' } },
          { type: 'file', file: { file_id: 'file-1' } },
          { type: 'input_audio', input_audio: { data: 'aGk=', format: 'mp3' } },
          { type: 'input_audio', input_audio: { data: 'aGk=', format: 'wav' } },
        ],
      },
    ])
  })

  it('tool calls and their results', () => {
    expect(
      messages(
        {
          role: 'assistant',
          content: [
            { type: 'reasoning', text: 'hm', providerOptions: { reasoning_content: 'hm' } },
            { type: 'text', text: 'let me ' },
            { type: 'text', text: 'look' },
            { type: 'tool-call', id: 'c1', name: 'f', arguments: { a: 1 } },
            { type: 'tool-call', id: 'c2', name: 'g', arguments: undefined },
          ],
        },
        {
          role: 'tool',
          content: [
            { type: 'tool-result', id: 'c1', result: 'sunny' },
            { type: 'tool-result', id: 'c2', result: { degrees: 20 } },
          ],
        },
      ),
    ).toEqual([
      {
        role: 'assistant',
        content: 'let me look',
        reasoning_content: 'hm',
        tool_calls: [
          { id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } },
          { id: 'c2', type: 'function', function: { name: 'g', arguments: '{}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'c1', content: 'sunny' },
      { role: 'tool', tool_call_id: 'c2', content: '{"degrees":20}' },
    ])
    expect(
      messages({ role: 'assistant', content: [{ type: 'tool-call', id: 'c', name: 'f', arguments: {} }] }),
    ).toEqual([
      { role: 'assistant', tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }] },
    ])
    expect(messages({ role: 'assistant', content: [] })).toEqual([{ role: 'assistant', content: '' }])
  })

  it('audio of an earlier answer', () => {
    expect(
      messages({ role: 'assistant', content: [{ type: 'file', file: { fileId: 'audio_1' }, mediaType: 'audio/wav' }] }),
    ).toEqual([{ role: 'assistant', audio: { id: 'audio_1' } }])
  })

  it.each<[Message, string]>([
    [{ role: 'user', content: [{ type: 'image', image: { fileId: 'f' } }] }, 'messages[0].content[0] is image.fileId'],
    [
      { role: 'user', content: [{ type: 'image', image: { base64: 'aGk=' } }] },
      'messages[0].content[0] is an image without mediaType',
    ],
    [
      { role: 'user', content: [{ type: 'file', file: { url: 'https://h/a.pdf' }, mediaType: 'application/pdf' }] },
      'messages[0].content[0] is a url of application/pdf',
    ],
    [
      { role: 'assistant', content: [{ type: 'file', file: { base64: 'aGk=' }, mediaType: 'image/png' }] },
      'messages[0].content[0] is a file of image/png',
    ],
  ])('%j cannot be carried', (message, words) => {
    const failing = (): unknown => messages(message)
    expect(failing).toThrow(OptionError)
    expect(failing).toThrow(words)
  })
})
