import { type ChatRequest, type Fault, type Logger, pipeline, type Redactor, redactText } from '@cepa/core'
import { fakeProvider, type Script } from '@cepa/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type LoggingOptions, logging } from './index.ts'

const request: ChatRequest = {
  model: 'gpt',
  messages: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Where does Ann live?' },
  ],
}

/** The fields of the line of one call, and the faults on the way. */
async function fieldsOf(
  options: LoggingOptions,
  { script = 'In Ulm.', asked = request }: { script?: Script; asked?: ChatRequest } = {},
) {
  const lines: Readonly<Record<string, unknown>>[] = []
  const faults: Fault[] = []
  const logger: Logger = { log: (_level, _message, fields) => void lines.push(fields) }
  const chat = pipeline({
    adapter: fakeProvider(script),
    layers: [logging({ logger, ...options })],
    report: (fault) => faults.push(fault),
  })
  const { text } = await chat.complete(asked)
  return { fields: lines[0] ?? {}, faults, text }
}

test('content is off by default', async () => {
  const { fields } = await fieldsOf({})
  expect(JSON.stringify(fields)).not.toMatch(/brief|Ann|Ulm/)
})

describe('content, where it is on', () => {
  test('is the messages and the answer', async () => {
    const { fields } = await fieldsOf({ content: true })
    expect(JSON.parse(fields.request as string)).toEqual(request.messages)
    expect(fields.answer).toBe('In Ulm.')
  })

  test('has reasoning and tool calls where there are any', async () => {
    const script: Script = [
      { reasoning: 'Look it up.' },
      { toolCall: { name: 'find', id: 'c1', arguments: { name: 'Ann' } } },
    ]
    const { fields } = await fieldsOf({ content: true }, { script })
    expect(JSON.parse(fields.answer as string)).toEqual({
      reasoning: 'Look it up.',
      toolCalls: [{ id: 'c1', name: 'find', arguments: { name: 'Ann' } }],
    })
  })

  test('tells media by their size', async () => {
    const asked: ChatRequest = {
      model: 'gpt',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is this?' },
            { type: 'image', image: { bytes: new Uint8Array(1234) }, mediaType: 'image/png' },
            { type: 'image', image: { base64: 'A'.repeat(400) } },
            { type: 'image', image: { url: `data:image/png;base64,${'A'.repeat(400)}` } },
            { type: 'image', image: { url: 'https://host/onion.png' } },
            { type: 'file', file: { fileId: 'file-1' }, mediaType: 'application/pdf' },
          ],
        },
      ],
    }
    const { fields } = await fieldsOf({ content: true }, { asked })
    expect(JSON.parse(fields.request as string)[0].content).toEqual([
      { type: 'text', text: 'What is this?' },
      { type: 'image', image: '(1234 bytes)', mediaType: 'image/png' },
      { type: 'image', image: '(300 bytes)' },
      { type: 'image', image: 'data:image/png;base64,(422 characters)' },
      { type: 'image', image: 'https://host/onion.png' },
      { type: 'file', file: 'file-1', mediaType: 'application/pdf' },
    ])
  })

  test('keeps the newest messages where there is too much', async () => {
    const messages = Array.from(
      { length: 9 },
      (_, index) => ({ role: 'user', content: `question ${index} ${'x'.repeat(40)}` }) as const,
    )
    const { fields } = await fieldsOf({ content: true, maxContentBytes: 200 }, { asked: { model: 'gpt', messages } })
    expect(fields.request).toMatch(/^\(7 earlier\) \[/)
    expect(fields.request).toContain('question 8')
    expect(Buffer.byteLength(fields.request as string)).toBeLessThanOrEqual(200)
  })

  test('is cut between characters, whatever there is', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'ß', '€', '🧅', '"', '\n'), minLength: 1, maxLength: 300 })
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 64, max: 400 }), async (said, maxContentBytes) => {
        const asked: ChatRequest = { model: 'gpt', messages: [{ role: 'user', content: said }] }
        const { fields } = await fieldsOf({ content: true, maxContentBytes }, { asked, script: [{ text: said }] })
        for (const content of [fields.request, fields.answer] as string[]) {
          expect(Buffer.byteLength(content)).toBeLessThanOrEqual(maxContentBytes)
          expect(content.isWellFormed()).toBe(true)
        }
      }),
    )
  })

  test('of megabytes is not looked at beyond what could be written', async () => {
    const messages = Array(50).fill({ role: 'user', content: 'word '.repeat(100_000) })
    let looked = 0
    const redact: Redactor = (content) => {
      looked += JSON.stringify(content).length
      return content
    }
    const asked: ChatRequest = { model: 'gpt', messages }
    const { fields } = await fieldsOf({ content: true, redact }, { asked, script: { text: 'Hi', inputTokens: 1 } })
    expect(Buffer.byteLength(fields.request as string)).toBeLessThanOrEqual(4096)
    expect(looked).toBeGreaterThan(100_000)
    expect(looked).toBeLessThan(300_000)
  })

  test('of embeddings is what is embedded', async () => {
    const lines: Readonly<Record<string, unknown>>[] = []
    const logger: Logger = { log: (_level, _message, fields) => void lines.push(fields) }
    const chat = pipeline(fakeProvider({ steps: [{ embedding: [1] }] }), logging({ logger, content: true }))
    await chat.embed({ model: 'e', input: ['onion', 'leek'] })
    expect(lines[0]?.request).toBe('["onion","leek"]')
    expect(lines[0]).not.toHaveProperty('answer')
  })

  test('can be asked for by a call', async () => {
    const lines: Readonly<Record<string, unknown>>[] = []
    const logger: Logger = { log: (_level, _message, fields) => void lines.push(fields) }
    const chat = pipeline(fakeProvider('In Ulm.'), logging({ logger }))
    await chat.complete(request, { layers: { logging: { content: true } } })
    expect(lines[0]?.answer).toBe('In Ulm.')
  })
})

describe('the redactor', () => {
  test('sees everything first, and decides what is shown', async () => {
    const parts: string[] = []
    const redact: Redactor = (content, part) => {
      parts.push(part)
      return redactText((text) => text.replaceAll(/Ann|Ulm/g, '(name)'))(content, part)
    }
    const { fields } = await fieldsOf({ content: true, redact })
    expect(parts).toEqual(['request', 'answer'])
    expect(fields.request).toContain('Where does (name) live?')
    expect(fields.answer).toBe('In (name).')
  })

  test('can show nothing, or a hash', async () => {
    const { fields } = await fieldsOf({
      content: true,
      redact: (_, part) => (part === 'request' ? undefined : 'sha256:ab12'),
    })
    expect(fields).not.toHaveProperty('request')
    expect(fields.answer).toBe('sha256:ab12')
  })

  test('cannot change what the caller gets', async () => {
    const redact: Redactor = (content) => {
      for (const message of content as { content: string }[]) message.content = ''
      return content
    }
    const asked = structuredClone(request)
    await fieldsOf({ content: true, redact }, { asked })
    expect(asked).toEqual(request)
  })

  test.each<[string, Redactor]>([
    [
      'throws',
      () => {
        throw new Error('pattern is broken')
      },
    ],
    ['returns a promise', async (content) => content],
    ['returns a promise that rejects', () => Promise.reject(new Error('no'))],
  ])('that %s shows nothing, and the call goes on', async (_, redact) => {
    const { fields, faults, text } = await fieldsOf({ content: true, redact })
    expect(text).toBe('In Ulm.')
    expect(fields.request).toBe('(withheld: the redactor failed)')
    expect(fields.answer).toBe('(withheld: the redactor failed)')
    expect(JSON.stringify(fields)).not.toMatch(/brief|Ann|Ulm/)
    expect(faults).toMatchObject([{ middleware: 'logging' }])
  })

  test('need not know keys: those are taken out behind it', async () => {
    const key = 'sk-proj-abcdefghijklmnop'
    const asked: ChatRequest = { model: 'gpt', messages: [{ role: 'user', content: `my key is ${key}` }] }
    const redact: Redactor = (content, part) =>
      part === 'answer' ? { apiKey: 'short', said: `Bearer ${key}` } : content
    const { fields } = await fieldsOf(
      { content: true, redact },
      { asked, script: [{ text: 'sk-proj-abcdefghi' }, { text: 'jklmnop' }] },
    )
    expect(fields.request).toContain('my key is [redacted]')
    expect(fields.answer).toBe('{"apiKey":"[redacted]","said":"Bearer [redacted]"}')
  })
})
