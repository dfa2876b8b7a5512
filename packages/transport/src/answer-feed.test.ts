import { type Feed, ProviderError, type StreamEvent } from '@cepa/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CallLedger, fakeCall } from '../test/fake-call.ts'
import { MemoryAnswer, type Step } from '../test/memory-fetch.ts'
import { ToyReducer } from '../test/toy-reducer.ts'
import { fetchCarrier } from './carrier.ts'
import { type ReadOptions, readAnswer } from './read-answer.ts'
import { send } from './send.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const line = (value: object | '[DONE]'): string =>
  `data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`

const open = async (
  answer: MemoryAnswer,
  ledger: CallLedger = fakeCall(),
  options: Partial<ReadOptions> = {},
): Promise<Feed> => {
  const exchange = await send({
    call: ledger.call,
    provider: 'toy',
    carrier: fetchCarrier(answer.fetch),
    baseUrl: 'http://127.0.0.1',
    path: '/',
    headers: {},
    json: {},
    stream: true,
  })
  return readAnswer(exchange, { wire: 'sse', reducer: new ToyReducer(), ...options })
}

interface Outcome {
  readonly events: readonly StreamEvent[]
  readonly texts: string
  readonly error?: ProviderError
}

const drain = async (feed: Feed): Promise<Outcome> => {
  const events: StreamEvent[] = []
  const texts = (): string => events.map((event) => (event.type === 'text' ? event.text : '')).join('')
  try {
    for (let event = await feed.pull(); event !== null; event = await feed.pull()) events.push(event)
    return { events, texts: texts() }
  } catch (error) {
    return { events, texts: texts(), error: error as ProviderError }
  }
}

const run = async (...steps: readonly (Step | string)[]): Promise<Outcome> =>
  drain(
    await open(
      new MemoryAnswer(steps.map((step) => (typeof step === 'string' && step !== 'stall' ? bytes(step) : step))),
    ),
  )

describe('the end of an answer', () => {
  const content = line({ text: 'a' }) + line({ text: 'b' })

  it('needs the finish; what follows it may be missing', async () => {
    for (const rest of [[line({ usage: 7 }) + line('[DONE]')], [line({ usage: 7 })], [line('[DONE]')], []]) {
      const { events, error } = await run(content + line({ finish: 'stop' }), ...rest)
      expect(error).toBeUndefined()
      const usage = rest.join('').includes('usage') ? { usage: { outputTokens: 7, source: 'provider' } } : {}
      expect(events.at(-1)).toEqual({ type: 'end', at: 1_000, finish: 'stop', ...usage })
    }
  })

  it('a clean end without it is truncated, with all that came', async () => {
    const { texts, error } = await run(content)
    expect(texts).toBe('ab')
    expect(error).toMatchObject({ kind: 'truncated', retryable: true })
    expect(error?.message).toBe(
      `toy ended its answer without finishing it (received ${content.length} bytes in 2 messages)`,
    )
  })

  it('[DONE] is no finish', async () => {
    expect((await run(content + line('[DONE]'))).error?.kind).toBe('truncated')
  })

  it.each([
    ['', 'received 0 bytes, an empty body'],
    ['<html><title>Bad Gateway</title>', 'received 32 bytes, an HTML page "Bad Gateway"'],
  ])('%j says what was received', async (body, words) => {
    const { error } = await run(...(body === '' ? [] : [body]))
    expect(error?.message).toContain(words)
  })

  it('a reset in the middle is network, with all that came', async () => {
    const reset = Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' })
    const { texts, error } = await run(content, reset)
    expect(texts).toBe('ab')
    expect(error).toMatchObject({ kind: 'network', retryable: true, cause: reset })
    expect(error?.message).toBe(`toy broke off its answer: UND_ERR_SOCKET after ${content.length} bytes`)
  })

  it('a reset after the finish is none', async () => {
    const { events, error } = await run(content + line({ finish: 'stop' }), new Error('reset'))
    expect(error).toBeUndefined()
    expect(events.at(-1)).toMatchObject({ type: 'end', finish: 'stop' })
  })

  it('an error within the stream keeps what came before it', async () => {
    const { texts, error } = await run(content + line({ error: 'overloaded' }) + line({ text: 'never' }))
    expect(texts).toBe('ab')
    expect(error).toMatchObject({ kind: 'server', message: 'overloaded' })
  })

  it('broken JSON in the middle is malformed', async () => {
    const { texts, error } = await run(`${content}data: {"text": nonsense}\n\n${line({ text: 'never' })}`)
    expect(texts).toBe('ab')
    expect(error?.kind).toBe('malformed')
  })

  it('data after the closing mark is ignored', async () => {
    const { texts } = await run(content + line({ finish: 'stop' }) + line('[DONE]') + line({ text: 'never' }))
    expect(texts).toBe('ab')
  })
})

describe('after the finish', () => {
  it('a server that says no more is waited for three seconds', async () => {
    const ledger = fakeCall()
    const answer = new MemoryAnswer([bytes(line({ text: 'a' }) + line({ finish: 'stop' })), 'stall'])
    const outcome = drain(await open(answer, ledger))
    while (ledger.clock.pending === 0) await Promise.resolve()
    ledger.clock.advance(2_999)
    expect(answer.cancelled).toBe(false)
    ledger.clock.advance(1)
    expect((await outcome).events.at(-1)).toEqual({ type: 'end', at: 4_000, finish: 'stop' })
    expect([answer.cancelled, ledger.clock.pending, ledger.listeners()]).toEqual([true, 0, 0])
  })

  it('the connection is left in peace for a moment, so that it can serve again', async () => {
    const answer = new MemoryAnswer([bytes(line({ finish: 'stop' }) + line('[DONE]'))])
    const ledger = fakeCall()
    await drain(await open(answer, ledger))
    await Promise.resolve()
    expect([answer.reads, answer.cancelled, ledger.listeners()]).toEqual([2, false, 0])
  })
})

describe('reading', () => {
  it('is one network read at a time, and none before the first pull', async () => {
    const chunks = ['a', 'b', 'c'].map((text) => bytes(line({ text }) + line({ text })))
    const answer = new MemoryAnswer(chunks)
    const ledger = fakeCall()
    const feed = await open(answer, ledger)
    expect(answer.reads).toBe(0)
    expect(await feed.pull()).toEqual({ type: 'text', text: 'a', at: 1_000 })
    ledger.clock.advance(5)
    expect(feed.pull()).toEqual({ type: 'text', text: 'a', at: 1_000 })
    expect(answer.reads).toBe(1)
    const second = feed.pull()
    expect(second).toBeInstanceOf(Promise)
    expect(await second).toEqual({ type: 'text', text: 'b', at: 1_005 })
    expect(answer.reads).toBe(2)
  })

  it('close settles a pending pull at once and cancels the body; it may come at any time', async () => {
    const ledger = fakeCall()
    const answer = new MemoryAnswer([bytes(line({ text: 'a' }) + line({ text: 'b' })), 'stall'])
    const feed = await open(answer, ledger)
    await feed.pull()
    await feed.pull()
    const pending = feed.pull()
    feed.close('left')
    feed.close()
    expect(await pending).toBeNull()
    expect(feed.pull()).toBeNull()
    expect([answer.cancelled, ledger.listeners()]).toEqual([true, 0])
  })

  it('close drops what was read already', async () => {
    const feed = await open(new MemoryAnswer([bytes(line({ text: 'a' }) + line({ text: 'b' }))]))
    await feed.pull()
    feed.close()
    expect(feed.pull()).toBeNull()
  })

  it('an abort ends it without an error of its own', async () => {
    const ledger = fakeCall()
    const feed = await open(new MemoryAnswer(['stall']), ledger)
    const pending = feed.pull()
    ledger.controller.abort(new Error('enough'))
    expect(await pending).toBeNull()
  })

  it('a million small events in bounded memory', async () => {
    const piece = bytes(line({ text: 'x' }).repeat(50_000))
    const steps = [...Array.from({ length: 20 }, () => piece), bytes(line({ finish: 'stop' }))]
    const feed = await open(new MemoryAnswer(steps))
    let count = 0
    let peakBytes = 0
    const baseBytes = process.memoryUsage().heapUsed
    for (let event = await feed.pull(); event !== null; event = await feed.pull()) {
      if (++count % 10_000 === 0) peakBytes = Math.max(peakBytes, process.memoryUsage().heapUsed - baseBytes)
    }
    expect(count).toBe(1_000_001)
    // a million events held at once would take over 100 MB
    expect(peakBytes).toBeLessThan(80_000_000)
  })

  it('one event of 10 MB', async () => {
    const whole = bytes(line({ text: 'x'.repeat(10_000_000) }) + line({ finish: 'stop' }))
    const steps = Array.from({ length: Math.ceil(whole.length / 16_384) }, (_, index) =>
      whole.subarray(index * 16_384, (index + 1) * 16_384),
    )
    expect((await drain(await open(new MemoryAnswer(steps)))).texts.length).toBe(10_000_000)
  })

  it('an event larger than maxEventBytes fails, after what came before it', async () => {
    const answer = new MemoryAnswer([bytes(line({ text: 'a' })), bytes(line({ text: 'x'.repeat(2_000) }))])
    const { texts, error } = await drain(await open(answer, fakeCall(), { maxEventBytes: 1_000 }))
    expect(texts).toBe('a')
    expect(error).toMatchObject({ kind: 'malformed', retryable: false })
    expect(answer.cancelled).toBe(true)
  })
})

describe('any cut, any prefix', () => {
  const fixture = [
    ': hello\n\n',
    line({ text: 'Grüße ' }),
    'data: {"text":\r\ndata: "aus der 🧅"}\r\n\r\n',
    'event: ping\n\n',
    `id: 4\nfoo: bar\ndata:${JSON.stringify({ text: ' und ' })}\r\r`,
    line({ text: 'Ende "}' }),
    line({ finish: 'stop' }),
    line({ usage: 3 }),
    line('[DONE]'),
  ].join('')
  const whole = bytes(fixture)
  const finishAt = bytes(fixture.slice(0, fixture.indexOf('{"finish":"stop"}') + '{"finish":"stop"}'.length)).length

  const chunksOf = (part: Uint8Array, places: readonly number[]): Uint8Array[] => {
    const cuts = [0, ...places.map((place) => place % (part.length + 1)).sort((a, b) => a - b), part.length]
    return cuts.slice(1).map((cut, index) => part.subarray(cuts[index], cut))
  }

  it('any cut into network chunks gives the same events', async () => {
    const expected = await drain(await open(new MemoryAnswer([whole])))
    expect(expected.texts).toBe('Grüße aus der 🧅 und Ende "}')
    const property = fc.asyncProperty(fc.array(fc.nat(), { maxLength: 12 }), async (places) => {
      expect(await drain(await open(new MemoryAnswer(chunksOf(whole, places))))).toEqual(expected)
    })
    await fc.assert(property, { numRuns: 200 })
  })

  it('any prefix without the finish is an error with exactly the content that was complete', async () => {
    const texts = ['Grüße ', 'aus der 🧅', ' und ', 'Ende "}']
    // a message is complete with the last byte of its JSON
    const completeAt = ['"Grüße "}', '🧅"}', '" und "}', '"}"}'].map(
      (end) => bytes(fixture.slice(0, fixture.indexOf(end) + end.length)).length,
    )
    for (let length = 0; length < whole.length; length++) {
      const { texts: got, error } = await drain(
        await open(new MemoryAnswer(chunksOf(whole.subarray(0, length), [length >> 1]))),
      )
      expect(got).toBe(texts.filter((_, index) => length >= (completeAt[index] as number)).join(''))
      expect([length, error?.kind]).toEqual([length, length < finishAt ? 'truncated' : undefined])
    }
  })
})

describe('content types', () => {
  const typed = (type: string, body: string, wire: ReadOptions['wire'] = 'sse'): Promise<Feed> =>
    open(new MemoryAnswer([bytes(body)], { 'content-type': type }), fakeCall(), { wire })

  it.each<[string, string, ReadOptions['wire']]>([
    ['text/event-stream; charset=utf-8', line({ finish: 'stop' }), 'json'],
    ['application/json', '{"finish":"stop"}', 'sse'],
    ['application/problem+json', '{"finish":"stop"}', 'json'],
    ['application/x-ndjson', '{"text":"a"}\n{"finish":"stop"}\n', 'sse'],
    ['application/json', '{"text":"a"}\n{"finish":"stop"}\n', 'ndjson'],
    ['', line({ finish: 'stop' }), 'sse'],
    ['text/plain', line({ finish: 'stop' }), 'sse'],
  ])('%s with %s', async (type, body, wire) => {
    expect((await drain(await typed(type, body, wire))).events.at(-1)).toMatchObject({ type: 'end' })
  })

  it('one that is no answer fails before the reply, saying what came', async () => {
    const failing = typed('text/html', '<html><title>Sign in to the Wi-Fi</title>')
    await expect(failing).rejects.toMatchObject({ kind: 'malformed', status: 200 })
    await expect(failing).rejects.toThrow(
      'toy answered 200 with content type text/html instead of an answer: an HTML page "Sign in to the Wi-Fi"',
    )
  })

  it.each([
    ['{"text":"half', 'truncated'],
    ['Internal error', 'malformed'],
    ['', 'truncated'],
  ])('a whole answer that is %j is %s', async (body, kind) => {
    const { error } = await drain(await typed('application/json', body, 'json'))
    expect(error).toBeInstanceOf(ProviderError)
    expect(error?.kind).toBe(kind)
  })

  it('a whole answer whose connection breaks fails by that, not by the half that came', async () => {
    const broken = new MemoryAnswer([bytes('{"text":"half'), new Error('reset')], {
      'content-type': 'application/json',
    })
    const { error } = await drain(await open(broken, fakeCall(), { wire: 'json' }))
    expect(error?.kind).toBe('network')
  })
})
