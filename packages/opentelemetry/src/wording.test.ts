import type { CallRecord, RecordedAttempt, Usage } from '@cepa/core'
import { groupStartAttributes } from '@cepa/core/semantic-conventions'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  attemptAttributes,
  endAttributes,
  errorTypeOf,
  finishReasonsOf,
  operationNameOf,
  providerNameOf,
  requestModelOf,
  spanNameOf,
  startAttributes,
  toldUsage,
  wordingOf,
} from './names.ts'

describe('error.type', () => {
  it.each([
    [{ name: 'ProviderError', kind: 'rate-limit', status: 429 }, '429'],
    [{ name: 'ProviderError', kind: 'overloaded', status: 200 }, 'overloaded'],
    [{ name: 'ProviderError', kind: 'network' }, 'network'],
    [{ name: 'TimeoutError', kind: 'timeout' }, 'timeout'],
    [{ name: 'ProviderError', kind: 'unknown' }, '_OTHER'],
    [{ name: 'AbortError' }, 'AbortError'],
    [{ name: 'my own error for tenant 4711' }, '_OTHER'],
    [{ name: '' }, '_OTHER'],
  ] as const)('of %j is %s', (error, type) => expect(errorTypeOf(error)).toBe(type))
})

describe('finish reasons', () => {
  it.each([
    ['stop', 'stop'],
    ['length', 'length'],
    ['tool-calls', 'tool_call'],
    ['content-filter', 'content_filter'],
    ['refusal', 'refusal'],
    ['pause', 'pause'],
    ['other', 'other'],
  ] as const)('%s is %s', (finish, reason) =>
    expect(finishReasonsOf({ operation: 'chat', parameters: {}, finish })).toEqual([reason]),
  )

  it('are one for each candidate that should have come', () => {
    const of = (candidates: number, finishes: readonly ('stop' | undefined)[]) =>
      finishReasonsOf({
        operation: 'chat',
        parameters: { candidates },
        choices: finishes.map((finish) => (finish ? { finish } : {})),
      })
    expect(of(3, ['stop', undefined])).toEqual(['stop', 'error', 'error'])
    expect(of(1, ['stop', 'stop'])).toEqual(['stop', 'stop'])
    expect(finishReasonsOf({ operation: 'chat', parameters: { candidates: 1e9 } })).toHaveLength(128)
    expect(finishReasonsOf({ operation: 'embed', parameters: {} })).toBeUndefined()
  })
})

describe('providers and operations', () => {
  it.each([
    ['openai', 'openai', 'chat'],
    ['anthropic', 'anthropic', 'chat'],
    ['gemini', 'gcp.gemini', 'generate_content'],
    ['ollama', 'ollama', 'chat'],
    ['mistral', 'mistral_ai', 'chat'],
    ['xai', 'x_ai', 'chat'],
    ['toString', 'toString', 'chat'],
  ])('%s is %s and is asked to %s', (adapter, provider, operation) => {
    expect(providerNameOf(adapter)).toBe(provider)
    expect(operationNameOf('chat', adapter)).toBe(operation)
    expect(operationNameOf('embed', adapter)).toBe('embeddings')
  })
})

const attempt = (more: Partial<RecordedAttempt> = {}): RecordedAttempt => ({
  index: 0,
  provider: 'openai',
  model: 'm',
  startMs: 0,
  won: false,
  ending: 'done',
  ...more,
})

describe('usage', () => {
  const counts = fc.record(
    { inputTokens: fc.nat(1e6), outputTokens: fc.nat(1e6), cacheReadTokens: fc.nat(1e6), reasoningTokens: fc.nat(1e6) },
    { requiredKeys: [] },
  )
  const usage = fc
    .tuple(counts, fc.constantFrom('provider', 'estimate', 'partial', 'cache'))
    .map(([told, source]) => ({ ...told, source }) as Usage)
  const attempts = fc
    .array(fc.tuple(fc.option(usage, { nil: undefined }), fc.constantFrom('done', 'failed', 'abandoned')), {
      maxLength: 5,
    })
    .map((each) =>
      each.map(([told, ending], index) => attempt({ index, ending, ...(told && { usage: told }) }) as RecordedAttempt),
    )

  it('is the sum of what providers told, and of nothing else', () => {
    fc.assert(
      fc.property(attempts, (made) => {
        const told = made.flatMap(({ usage: each }) => (each?.source === 'provider' ? [each] : []))
        const sum = toldUsage({ attempts: made }, false)
        if (told.length === 0) expect(sum).toBeUndefined()
        for (const name of ['inputTokens', 'outputTokens', 'cacheReadTokens', 'reasoningTokens'] as const) {
          const known = told.flatMap((each) => each[name] ?? [])
          expect(sum?.[name]).toBe(known.length === 0 ? undefined : known.reduce((a, b) => a + b))
        }
        const whole = made.every(({ usage: each, ending }) => each?.source !== 'provider' || ending === 'done')
        if (sum) expect(sum.source).toBe(whole ? 'provider' : 'partial')
      }),
    )
  })

  it('takes estimates where that is asked for, and never what a cache replays', () => {
    const spent: Usage = { inputTokens: 5, source: 'estimate' }
    expect(toldUsage({ attempts: [attempt()], spent }, true)).toEqual(spent)
    expect(toldUsage({ attempts: [attempt()], spent }, false)).toBeUndefined()
    expect(toldUsage({ attempts: [], spent: { inputTokens: 5, source: 'cache' } }, true)).toBeUndefined()
  })
})

describe('a record', () => {
  const record: CallRecord = {
    schema: 'cepa.call/1',
    id: 'call-1',
    requestId: 'request-1',
    pipeline: 'main',
    operation: 'chat',
    mode: 'stream',
    startedAtMs: 0,
    provider: 'openai',
    model: 'openai/gpt-4o',
    responseModel: 'gpt-4o-2024-08-06',
    parameters: { temperature: 0.5 },
    attributes: { tenant: 'acme' },
    ending: 'done',
    finish: 'stop',
    durations: { totalMs: 90, firstTokenMs: 50, providerMs: 90, consumerMs: 0 },
    cost: { usd: 0.02, attempts: [] },
    attempts: [
      attempt({
        model: 'gpt-4o',
        ending: 'failed',
        error: { name: 'ProviderError', message: 'torn', kind: 'server', status: 500 },
      }),
      attempt({
        index: 1,
        model: 'gpt-4o',
        won: true,
        serverAddress: 'h',
        serverPort: 1,
        usage: { inputTokens: 4, source: 'provider' },
      }),
    ],
  }

  it('has all that a span is made of', () => {
    const wording = wordingOf('released')
    expect(spanNameOf({ ...record, model: requestModelOf(record) }, wording)).toBe('chat gpt-4o')
    expect({ ...startAttributes(record, wording), ...endAttributes(record, wording) }).toEqual({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o',
      'cepa.request.model': 'openai/gpt-4o',
      'gen_ai.request.stream': true,
      'gen_ai.request.temperature': 0.5,
      'gen_ai.response.model': 'gpt-4o-2024-08-06',
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.response.time_to_first_chunk': 0.05,
      'gen_ai.usage.input_tokens': 4,
      'server.address': 'h',
      'server.port': 1,
      'cepa.call.id': 'call-1',
      'cepa.request.id': 'request-1',
      'cepa.pipeline': 'main',
      'cepa.attribute.tenant': 'acme',
      'cepa.usage.source': 'provider',
      'cepa.cost.usd': 0.02,
      'cepa.ending': 'done',
      'cepa.retry.count': 1,
    })
    const [first, second] = record.attempts.map((each) => attemptAttributes(each, record.attempts, wording))
    expect(first).toMatchObject({ 'error.type': '500', 'cepa.attempt.index': 0 })
    expect(second).toMatchObject({ 'http.request.resend_count': 1, 'cepa.attempt.won': true })
  })

  it('names what there is of other kinds of tokens, in the newest names', () => {
    const usage: Usage = {
      inputTokens: 9,
      audioInputTokens: 4,
      imageInputTokens: 0,
      cacheWriteTokens: 2,
      source: 'provider',
    }
    const attributes = endAttributes({ ...record, attempts: [attempt({ usage })] }, wordingOf('latest'))
    expect(attributes).toMatchObject({
      'gen_ai.usage.audio.input_tokens': 4,
      'gen_ai.usage.cache_write.input_tokens': 2,
    })
    expect(attributes).not.toHaveProperty('gen_ai.usage.image.input_tokens')
  })
})

describe('words', () => {
  const { word, id } = wordingOf('released')

  it('lose what looks like a secret, and are cut between characters', () => {
    expect(word('sk-proj-abc123def456')).toBe('[redacted]')
    expect(word('sk-proj-abc123def456')).toBe('[redacted]')
    expect(id('mail jane@example.com')).toBe('mail [redacted]')
    expect(Buffer.byteLength(word('ü'.repeat(500)))).toBeLessThanOrEqual(200)
  })

  it('that are many are not all remembered', () => {
    for (let index = 0; index < 2000; index++) expect(word(`model-number-${index}`)).toBe(`model-number-${index}`)
  })
})

describe('words of somebody else', () => {
  it('are taken out by a scrubber of one’s own, short ones too', () => {
    const { word, id } = wordingOf('latest', false, (text) => text.replaceAll(/ab+c?/g, '[x]'))
    expect([word('ab'), word('abbc and d'), id('1 ab'), word('')]).toEqual(['[x]', '[x] and d', '1 [x]', ''])
  })

  it('are scrubbed before they are cut, however long they are', () => {
    const { word, id } = wordingOf('latest')
    const secret = 'jane.surname@mail.example.com'
    for (let kept = 5; kept < secret.length; kept++) {
      for (const long of [id, word]) {
        expect(long(`${'x'.repeat(196 - kept)} ${secret} and more`)).not.toContain('jane.')
        expect(long(`${'x '.repeat(8192).slice(0, 16_384 - kept)} ${secret}`)).not.toContain('jane.')
      }
    }
  })
})

describe('a group', () => {
  it('has the sums that the conventions have no names for, and its labels', () => {
    const wording = wordingOf('latest')
    const start = { id: 'g-1', name: 'run for jane@mail.example.com', parentId: 'g-0', attributes: { user: 'u7' } }
    expect(groupStartAttributes(start, wording)).toEqual({
      'cepa.group.id': 'g-1',
      'cepa.group.name': 'run for [redacted]',
      'cepa.group.parent_id': 'g-0',
      'cepa.attribute.user': 'u7',
    })
  })
})
