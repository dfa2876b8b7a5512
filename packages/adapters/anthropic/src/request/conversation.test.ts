import type { AssistantMessage, Message, ToolMessage, UserMessage } from '@cepa/core'
import { describe, expect, it } from 'vitest'
import { conversationOf } from './conversation.ts'

const say = (...messages: readonly Message[]): ReturnType<typeof conversationOf> =>
  conversationOf(messages, 'anthropic')

const user = (content: UserMessage['content']): unknown => say({ role: 'user', content }).messages[0]?.content
const assistant = (content: AssistantMessage['content']): unknown =>
  say({ role: 'assistant', content }).messages[0]?.content

const MARK = { cache_control: { type: 'ephemeral' } }

describe('the system', () => {
  it('what it says first stands apart', () => {
    expect(say({ role: 'system', content: 'Be brief.' }, { role: 'user', content: 'hi' })).toEqual({
      system: 'Be brief.',
      messages: [{ role: 'user', content: 'hi' }],
    })
    expect(say({ role: 'user', content: 'hi' })).not.toHaveProperty('system')
  })

  it('in parts, with marks for the prompt cache', () => {
    const { system } = say(
      { role: 'system', content: 'Be brief.' },
      { role: 'system', content: [{ type: 'text', text: 'Long.', providerOptions: MARK }] },
    )
    expect(system).toEqual([
      { type: 'text', text: 'Be brief.' },
      { type: 'text', text: 'Long.', ...MARK },
    ])
  })

  it('later words of it stay in their place', () => {
    expect(say({ role: 'user', content: 'hi' }, { role: 'system', content: 'Now in French.' })).toEqual({
      messages: [
        { role: 'user', content: 'hi' },
        { role: 'system', content: 'Now in French.' },
      ],
    })
  })
})

describe('the user', () => {
  it('images inline, by address and by id', () => {
    expect(
      user([
        { type: 'text', text: 'see', providerOptions: MARK },
        { type: 'image', image: { bytes: new Uint8Array([104, 105]) }, mediaType: 'image/png', detail: 'high' },
        { type: 'image', image: { url: 'https://h/a.png' }, providerOptions: MARK },
        { type: 'image', image: { fileId: 'file_1' } },
        { type: 'file', file: { base64: 'aGk=' }, mediaType: 'image/webp' },
      ]),
    ).toEqual([
      { type: 'text', text: 'see', ...MARK },
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'aGk=' } },
      { type: 'image', source: { type: 'url', url: 'https://h/a.png' }, ...MARK },
      { type: 'image', source: { type: 'file', file_id: 'file_1' } },
      { type: 'image', source: { type: 'base64', media_type: 'image/webp', data: 'aGk=' } },
    ])
  })

  it('documents: PDFs, texts, files by id', () => {
    const citations = { citations: { enabled: true }, context: 'about onions' }
    expect(
      user([
        {
          type: 'file',
          file: { base64: 'aGk=' },
          mediaType: 'application/pdf',
          name: 'onions.pdf',
          providerOptions: citations,
        },
        { type: 'file', file: { url: 'https://h/a.pdf' }, mediaType: 'application/pdf' },
        { type: 'file', file: { bytes: new TextEncoder().encode('Grüße') }, mediaType: 'text/markdown' },
        { type: 'file', file: { base64: 'aGk=' }, mediaType: 'application/json' },
        { type: 'file', file: { fileId: 'file_1' }, mediaType: 'application/vnd.ms-excel' },
      ]),
    ).toEqual([
      {
        type: 'document',
        source: { type: 'base64', media_type: 'application/pdf', data: 'aGk=' },
        title: 'onions.pdf',
        ...citations,
      },
      { type: 'document', source: { type: 'url', url: 'https://h/a.pdf' } },
      { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'Grüße' } },
      { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'hi' } },
      { type: 'document', source: { type: 'file', file_id: 'file_1' } },
    ])
  })

  it.each<[UserMessage['content'], RegExp]>([
    [
      [{ type: 'image', image: { base64: 'aGk=' } }],
      /option messages\[0\]\.content\[0\] is an image without mediaType, which the Messages API does not take; name its mediaType/,
    ],
    [
      [{ type: 'file', file: { base64: 'aGk=' }, mediaType: 'audio/mpeg' }],
      /content\[0\] is a file of audio\/mpeg, which the Messages API does not take; give a PDF/,
    ],
    [[{ type: 'file', file: { url: 'https://h/a.csv' }, mediaType: 'text/csv' }], /is a url of text\/csv/],
    [
      [{ type: 'file', file: { bytes: new Uint8Array([255]) }, mediaType: 'text/plain' }],
      /is a text file that is no UTF-8/,
    ],
  ])('%j is refused', (content, words) => {
    expect(() => user(content)).toThrow(words)
  })

  it('options with a type are a block of their own', () => {
    const result = { type: 'search_result', source: 'https://h', title: 'H', content: [{ type: 'text', text: 'x' }] }
    const file = { type: 'container_upload', file_id: 'file_1' }
    expect(
      user([
        { type: 'text', text: '', providerOptions: result },
        { type: 'file', file: { fileId: 'file_1' }, mediaType: 'text/csv', providerOptions: file },
      ]),
    ).toEqual([result, file])
  })
})

describe('the assistant', () => {
  it('thinking goes back with its signature or encrypted; what has neither, and empty text, is left out', () => {
    expect(
      assistant([
        { type: 'reasoning', text: 'hm', signature: 'sig-1' },
        { type: 'reasoning', text: '', signature: 'sig-2' },
        { type: 'reasoning', text: '', redacted: 'encrypted' },
        { type: 'reasoning', text: 'another provider’s' },
        { type: 'text', text: '' },
        { type: 'text', text: 'Hello', providerOptions: MARK },
      ]),
    ).toEqual([
      { type: 'thinking', thinking: 'hm', signature: 'sig-1' },
      { type: 'thinking', thinking: '', signature: 'sig-2' },
      { type: 'redacted_thinking', data: 'encrypted' },
      { type: 'text', text: 'Hello', ...MARK },
    ])
    expect(assistant('Hello')).toBe('Hello')
  })

  it('tool calls, whose input is always an object', () => {
    const call = (given: unknown) => ({ type: 'tool-call' as const, id: 'a', name: 'f', arguments: given })
    const inputs = [{ n: 1 }, '{"n":1}', undefined, '{"cut', [1], null].map(
      (given) => (assistant([call(given)]) as [{ input: unknown }])[0].input,
    )
    expect(inputs).toEqual([{ n: 1 }, { n: 1 }, {}, {}, {}, {}])
    expect(assistant([call({})])).toEqual([{ type: 'tool_use', id: 'a', name: 'f', input: {} }])
  })

  it('blocks of the provider’s own tools go back as they came; files do not', () => {
    const use = { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: {} }
    expect(assistant([{ type: 'text', text: '', providerOptions: use }])).toEqual([use])
    expect(() => assistant([{ type: 'file', file: { fileId: 'f' }, mediaType: 'image/png' }])).toThrow(
      /content\[0\] is a file of image\/png in an assistant message/,
    )
  })
})

describe('tools', () => {
  const results: ToolMessage = {
    role: 'tool',
    content: [
      { type: 'tool-result', id: 'a', result: 'sunny' },
      { type: 'tool-result', id: 'b', result: { degrees: 20 }, isError: true, providerOptions: MARK },
      { type: 'tool-result', id: 'c', result: undefined },
    ],
  }
  const blocks = [
    { type: 'tool_result', tool_use_id: 'a', content: 'sunny' },
    { type: 'tool_result', tool_use_id: 'b', content: '{"degrees":20}', is_error: true, ...MARK },
    { type: 'tool_result', tool_use_id: 'c', content: '' },
  ]

  it('results of one round are one turn of the user, with what is said then', () => {
    const more: ToolMessage = { role: 'tool', content: [{ type: 'tool-result', id: 'd', result: 'rain' }] }
    expect(
      say(results, more, { role: 'user', content: 'And now?' }, { role: 'user', content: 'Well?' }).messages,
    ).toEqual([
      {
        role: 'user',
        content: [
          ...blocks,
          { type: 'tool_result', tool_use_id: 'd', content: 'rain' },
          { type: 'text', text: 'And now?' },
        ],
      },
      { role: 'user', content: 'Well?' },
    ])
  })

  it('rounds stay apart', () => {
    const { messages } = say(results, { role: 'assistant', content: 'ok' }, results)
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user'])
  })
})
