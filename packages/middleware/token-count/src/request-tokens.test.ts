import type { ChatRequest } from '@cepa/core'
import { describe, expect, test } from 'vitest'
import { kindOfMedia, sentMedia } from './media.ts'
import { requestTokens } from './request-tokens.ts'

/** One token for each word, so that sums can be read off. */
const words = (text: string): number => text.match(/[\w-]+/g)?.length ?? 0

const IMAGE = 700
const tokensOf = (request: Omit<ChatRequest, 'model'>): number | undefined =>
  requestTokens({ model: 'm', ...request }, words, IMAGE)

const png = { type: 'image', image: { url: 'https://example.org/a.png' } } as const
const user = (...content: Exclude<ChatRequest['messages'][number] & { role: 'user' }, never>['content'][]) => ({
  messages: content.map((each) => ({ role: 'user', content: each }) as const),
})

describe('requestTokens', () => {
  test('counts 3 for each message, 3 for the start of the reply, and the texts', () => {
    expect(tokensOf(user('one two', 'three'))).toBe(3 * 2 + 3 + 3)
    expect(tokensOf(user([{ type: 'text', text: 'one two three four' }]))).toBe(3 + 3 + 4)
  })

  test('counts tool calls, their results, reasoning, tools and the schema of the answer', () => {
    const parts: ChatRequest['messages'] = [
      {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: 'let me see' },
          { type: 'tool-call', id: 'c1', name: 'find', arguments: { city: 'Kiel' } },
        ],
      },
      { role: 'tool', content: [{ type: 'tool-result', id: 'c1', result: { found: ['harbour'] } }] },
    ]
    const bare = tokensOf({ messages: parts }) as number
    expect(bare).toBe(2 * 3 + 3 + 3 + 3 + 2)
    const tools = [{ name: 'find', description: 'Finds it', parameters: { type: 'object' } }]
    expect(tokensOf({ messages: parts, tools })).toBe(bare + 1 + 2 + 2)
    const responseFormat = { type: 'json', schema: { type: 'string' } } as const
    expect(tokensOf({ messages: parts, responseFormat })).toBe(bare + 2)
  })

  test('counts an image at a fixed number, and less where the caller asked for low detail', () => {
    expect(tokensOf(user([png, png]))).toBe(2 * IMAGE + 6)
    expect(tokensOf(user([{ ...png, detail: 'low' }]))).toBe(85 + 6)
    const file = { type: 'file', file: { url: 'https://example.org/a.jpg' }, mediaType: 'image/jpeg' } as const
    expect(tokensOf(user([file]))).toBe(IMAGE + 6)
  })

  test('reads inline text files, a long one in part', () => {
    const text = (bytes: string) =>
      ({ type: 'file', mediaType: 'text/csv', file: { bytes: Buffer.from(bytes) } }) as const
    expect(tokensOf(user([text('a b c')]))).toBe(3 + 6)
    const base64 = Buffer.from('a b c d').toString('base64')
    expect(tokensOf(user([{ type: 'file', mediaType: 'application/json', file: { base64 } }]))).toBe(4 + 6)
    const long = tokensOf(user([text('ab '.repeat(200_000))])) as number
    expect(Math.abs(long / 200_000 - 1)).toBeLessThan(0.01)
    const long64 = Buffer.from('ab '.repeat(200_000)).toString('base64')
    const same = tokensOf(user([{ type: 'file', mediaType: 'text/plain', file: { base64: long64 } }])) as number
    expect(Math.abs(same / 200_000 - 1)).toBeLessThan(0.01)
  })

  test.each([
    ['application/pdf', { bytes: new Uint8Array(4) }],
    ['audio/wav', { base64: 'AAAA' }],
    ['video/mp4', { url: 'https://example.org/a.mp4' }],
    ['text/plain', { fileId: 'file-1' }],
  ])('knows nothing of a request with %s that it cannot read', (mediaType, file) => {
    expect(tokensOf(user([{ type: 'file', mediaType, file }]))).toBeUndefined()
  })

  test('counts the inputs of embeddings', () => {
    expect(requestTokens({ model: 'm', input: ['one two', 'three'] }, words, IMAGE)).toBe(3)
  })
})

describe('media', () => {
  test('are told apart by kind, each once', () => {
    const audio = { type: 'file', mediaType: 'audio/mp3', file: { base64: 'AAAA' } } as const
    const text = { type: 'file', mediaType: 'text/plain', file: { base64: 'AAAA' } } as const
    expect(sentMedia({ model: 'm', ...user([png, audio, text, png]) })).toEqual(['image', 'audio'])
    expect(sentMedia({ model: 'm', input: ['x'] })).toEqual([])
    expect(kindOfMedia('application/pdf')).toBe('document')
    expect(kindOfMedia('application/ld+json')).toBeUndefined()
  })
})
