import { type ChatRequest, pipeline, type RecordedContent } from '@cepa/core'
import { fakeProvider, memoryExporter, outcomeOf, type Script, virtualClock } from '@cepa/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type TelemetryOptions, telemetry } from '../index.ts'
import { Fit } from './fit.ts'

const request = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] } as const

/** What is captured of one call. */
async function captured(
  {
    options,
    asked = request,
    script = 'Hello you',
  }: { options: TelemetryOptions; asked?: ChatRequest; script?: Script },
  after?: () => void,
): Promise<RecordedContent | undefined> {
  const clock = virtualClock()
  const exporter = memoryExporter()
  const watch = telemetry({ exporters: [exporter], clock, ...options })
  const chat = pipeline({ adapter: fakeProvider(script), layers: [watch], clock })
  await clock.runUntil(outcomeOf(chat(asked).then((reply) => reply.result())))
  after?.()
  // hashing takes real time, which a virtual clock does not wait for
  await watch.flush()
  return exporter.last.content
}

describe('content', () => {
  test('is not captured by default', async () => {
    expect(await captured({ options: {} })).toBeUndefined()
  })

  test('is captured as far as it is asked for', async () => {
    const messages = [{ role: 'user', content: 'Hi' }]
    const answers = [{ text: 'Hello you' }]
    expect(await captured({ options: { capture: 'all' } })).toEqual({ messages, answers })
    expect(await captured({ options: { capture: 'request' } })).toEqual({ messages })
    expect(await captured({ options: { capture: 'answer' } })).toEqual({ answers })
  })

  test('is what was said, with media told by their size', async () => {
    const content = await captured({
      options: { capture: 'all' },
      asked: {
        ...request,
        messages: [
          { role: 'system', content: 'Be brief.' },
          {
            role: 'user',
            content: [
              { type: 'text', text: 'What is this?' },
              { type: 'image', image: { bytes: new Uint8Array(5000) }, mediaType: 'image/png' },
            ],
          },
        ],
      },
      script: {
        steps: [
          { reasoning: 'Hm.' },
          { text: 'An onion.' },
          { toolCall: { id: 't1', name: 'cut', arguments: { rings: 3 } } },
        ],
      },
    })
    expect(content).toEqual({
      messages: [
        { role: 'system', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is this?' },
            { type: 'image', image: '(5000 bytes)', mediaType: 'image/png' },
          ],
        },
      ],
      answers: [
        { text: 'An onion.', reasoning: 'Hm.', toolCalls: [{ id: 't1', name: 'cut', arguments: { rings: 3 } }] },
      ],
    })
  })

  test('of a call that failed is what had come', async () => {
    const content = await captured({
      options: { capture: 'all' },
      script: [{ text: 'Hel' }, { error: { kind: 'server' } }],
    })
    expect(content?.answers).toEqual([{ text: 'Hel' }])
    const nothing = await captured({ options: { capture: 'answer' }, script: { failure: { kind: 'server' } } })
    expect(nothing).toBeUndefined()
  })

  test('is as it was when the call ended, whatever the caller does with its list then', async () => {
    const messages = [{ role: 'user', content: 'Hi' }]
    const asked = { model: 'm', messages } as ChatRequest
    const content = await captured(
      { options: { capture: 'request' }, asked },
      () => void messages.push({ role: 'user', content: 'more' }),
    )
    expect(content?.messages).toHaveLength(1)
  })

  test('is cut between characters, the newest messages whole', async () => {
    const messages = Array.from(
      { length: 50 },
      (_, index) => ({ role: 'user', content: `${index} ${'ü🧅'.repeat(20)}` }) as const,
    )
    const content = await captured({
      options: { capture: 'request', maxContentBytes: 1000 },
      asked: { model: 'm', messages },
    })
    const kept = content?.messages as readonly { content: string }[]
    expect(kept.length).toBeGreaterThan(4)
    expect(kept.at(-1)?.content).toBe(messages.at(-1)?.content)
    expect(Buffer.byteLength(JSON.stringify(kept))).toBeLessThan(2000)
    expect(content?.cutBytes).toBeGreaterThan(4000)
    for (const { content: text } of kept) expect(text.isWellFormed()).toBe(true)
  })

  test('of megabytes is not even looked at as a whole', async () => {
    let looked = 0
    const huge = new Proxy(
      Array.from({ length: 200_000 }, () => 'word '.repeat(10)),
      {
        get(target, name, receiver) {
          if (typeof name === 'string' && /^\d+$/.test(name)) looked += 1
          return Reflect.get(target, name, receiver)
        },
      },
    )
    const script: Script = {
      steps: [{ event: { type: 'tool-call', id: '1', name: 'f', arguments: { huge } } }, { text: 'x' }],
    }
    const content = await captured({ options: { capture: 'answer', maxContentBytes: 1024 }, script })
    expect(JSON.stringify(content).length).toBeLessThan(4000)
    expect(looked).toBeLessThan(5000)
  })

  test('of embeddings is the texts', async () => {
    const clock = virtualClock()
    const exporter = memoryExporter()
    const watch = telemetry({ exporters: [exporter], clock, capture: 'all' })
    const embedder = pipeline({ adapter: fakeProvider(), layers: [watch], clock })
    await clock.runUntil(embedder.embed({ model: 'e', input: ['one', 'two'] }))
    await clock.runUntil(watch.flush())
    expect(exporter.last.content).toEqual({ inputs: ['one', 'two'] })
  })

  test('of several candidates is each one’s', async () => {
    const script: Script = {
      steps: [
        { event: { type: 'text', text: 'a', choice: 0 } as never },
        { event: { type: 'text', text: 'b', choice: 1 } as never },
      ],
    }
    const content = await captured({ options: { capture: 'answer' }, script })
    expect(content?.answers).toEqual([{ text: 'a' }, { text: 'b' }])
  })
})

describe('keyed hashes', () => {
  const options = { capture: 'hashes', hashKey: 'a key of letters' } as const
  const hash = expect.stringMatching(/^hmac-sha256:[\da-f]{64}$/)

  test('stand for content: same text and key, same hash', async () => {
    const messages = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
    ] as const
    const one = await captured({ options, asked: { model: 'm', messages } })
    const two = await captured({
      options,
      asked: { model: 'm', messages: [messages[0], { role: 'user', content: 'Ho' }] },
    })
    const other = await captured({
      options: { ...options, hashKey: 'another key of letters' },
      asked: { model: 'm', messages },
    })
    expect(one).toEqual({ hashes: { messages: [hash, hash], answer: hash } })
    expect(two?.hashes?.messages?.[0]).toBe(one?.hashes?.messages?.[0])
    expect(two?.hashes?.messages?.[1]).not.toBe(one?.hashes?.messages?.[1])
    expect(two?.hashes?.answer).toBe(one?.hashes?.answer)
    expect(other?.hashes?.messages?.[0]).not.toBe(one?.hashes?.messages?.[0])
  })

  test('are HMAC-SHA256', async () => {
    const { createHmac } = await import('node:crypto')
    const content = await captured({ options })
    const expected = createHmac('sha256', options.hashKey).update('Hi').digest('hex')
    expect(content?.hashes?.messages).toEqual([`hmac-sha256:${expected}`])
  })

  test('of nothing there is none', async () => {
    const content = await captured({ options, script: { failure: { kind: 'server' } } })
    expect(content?.hashes).toEqual({ messages: [hash] })
  })
})

describe('what fits', () => {
  const json = fc.jsonValue({ maxDepth: 4 }).map((value) => value as unknown)

  test('is never much more than was allowed, well formed, and whole where there is room', () => {
    fc.assert(
      fc.property(json, fc.integer({ min: 16, max: 2000 }), (value, maxBytes) => {
        const fit = new Fit(maxBytes)
        const made = fit.of(value)
        const texts = JSON.stringify(made).replaceAll(/[[\]{}",:]/g, '')
        expect(Buffer.byteLength(texts)).toBeLessThanOrEqual(maxBytes + 1024 + 200)
        if (Buffer.byteLength(JSON.stringify(value)) * 3 + 16 < maxBytes) {
          expect(made).toEqual(value)
          expect(fit.cutBytes).toBe(0)
        }
      }),
      { numRuns: 1000 },
    )
  })
})
