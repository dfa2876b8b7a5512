import { ProviderError, type ProviderErrorKind } from '@cepa/core'
import { describe, expect, it } from 'vitest'
import { type AnswerFailure, answerError } from './answer-failure.ts'
import { redactor } from './redact.ts'

const fail = (change: Partial<AnswerFailure>): ProviderError =>
  answerError({ provider: 'toy', body: '', nowEpochMs: 0, ...change })

describe('kinds', () => {
  it.each<[number | undefined, unknown, ProviderErrorKind, boolean]>([
    [400, { error: { message: 'bad value', type: 'invalid_request_error' } }, 'invalid-request', false],
    [
      400,
      { error: { message: "This model's maximum context length is 8192 tokens", code: 'context_length_exceeded' } },
      'context-length',
      false,
    ],
    [400, { error: { message: 'prompt is too long: 210000 tokens > 200000 maximum' } }, 'context-length', false],
    [400, { error: { message: 'The input token count (1200000) exceeds the maximum' } }, 'context-length', false],
    [400, { error: { message: 'max_tokens must be at least 1' } }, 'invalid-request', false],
    [400, { error: { code: 'content_filter', message: 'filtered' } }, 'content-filter', false],
    [
      400,
      { error: { message: 'filtered', innererror: { code: 'ResponsibleAIPolicyViolation' } } },
      'content-filter',
      false,
    ],
    [401, { error: { message: 'no' } }, 'auth', false],
    [402, {}, 'quota', false],
    [403, {}, 'permission', false],
    [404, { error: { code: 'model_not_found' } }, 'not-found', false],
    [408, '', 'timeout', true],
    [409, {}, 'invalid-request', true],
    [413, '', 'invalid-request', false],
    [422, { detail: [{ msg: 'extra fields' }] }, 'invalid-request', false],
    [429, {}, 'rate-limit', true],
    [429, { error: { code: 'insufficient_quota', message: 'You exceeded your current quota' } }, 'quota', false],
    [429, { error: { message: 'Your credit balance is too low' } }, 'quota', false],
    [429, { error: { message: 'too many tokens per minute' } }, 'rate-limit', true],
    [
      429,
      { error: { code: 'rate_limit_exceeded', message: 'Request too large for m on tokens per min (TPM)' } },
      'rate-limit',
      false,
    ],
    [429, { error: { message: 'The engine is currently overloaded' } }, 'overloaded', true],
    [500, { error: { message: 'context length of the stack' } }, 'server', true],
    [502, '<html><title>502 Bad Gateway</title></html>', 'server', true],
    [503, '', 'overloaded', true],
    [504, '', 'timeout', true],
    [529, { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }, 'overloaded', true],
    [undefined, { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }, 'overloaded', true],
    [undefined, { error: { code: 502, message: 'Bad gateway' } }, 'server', true],
    [undefined, { error: { type: 'server_error', message: 'sorry' } }, 'server', true],
    [undefined, { error: { type: 'invalid_request_error', message: 'sorry' } }, 'invalid-request', false],
    [undefined, { error: 'gone wrong' }, 'unknown', false],
    [undefined, [{ error: { code: 429, message: 'slow', status: 'RESOURCE_EXHAUSTED' } }], 'rate-limit', true],
    [308, '', 'invalid-request', false],
  ])('%s %j → %s', (...row) => {
    const [status, body, kind, retryable] = row
    const error = fail({ body, ...(status !== undefined && { status }) })
    expect(error).toMatchObject({ kind, retryable })
    expect(error).toBeInstanceOf(ProviderError)
    expect(error.status).toBe(status)
  })

  it('asks the provider’s own table first', () => {
    const hints = [{ status: 400, message: /API key not valid/, kind: 'auth' }] as const
    expect(fail({ status: 400, body: { error: { message: 'API key not valid' } }, hints }).kind).toBe('auth')
    expect(fail({ status: 404, body: { error: { message: 'API key not valid' } }, hints }).kind).toBe('not-found')
  })

  it('obeys x-should-retry', () => {
    expect(fail({ status: 500, headers: new Headers({ 'x-should-retry': 'false' }) }).retryable).toBe(false)
    expect(fail({ status: 400, headers: new Headers({ 'x-should-retry': 'true' }) }).retryable).toBe(true)
  })
})

describe('what it tells', () => {
  it('message, code, request id, wait', () => {
    const error = fail({
      status: 429,
      body: { error: { message: 'Slow down, try again in 1.2s', code: 'rate_limit_exceeded' } },
      providerRequestId: 'req_1',
    })
    expect(error.message).toBe('toy answered 429 (rate_limit_exceeded): Slow down, try again in 1.2s')
    expect(error).toMatchObject({
      retryAfterMs: 1_200,
      providerCode: 'rate_limit_exceeded',
      providerRequestId: 'req_1',
    })
  })

  it('reads the headers only where waiting helps', () => {
    const headers = new Headers({ 'x-ratelimit-reset-requests': '1m0s' })
    expect(fail({ status: 429, headers }).retryAfterMs).toBe(60_000)
    expect(fail({ status: 400, headers }).retryAfterMs).toBeUndefined()
  })

  it.each<[unknown, string]>([
    ['<html><head><title>Attention Required!</title>', 'toy answered 403: an HTML page "Attention Required!"'],
    ['', 'toy answered 403: an empty body'],
    ['{"error": {"mess', 'toy answered 403: "{"error": {"mess"'],
    [{ unexpected: true }, 'toy answered 403: "{"unexpected":true}"'],
    [{ message: 'plain' }, 'toy answered 403: plain'],
    [{ detail: [{ loc: ['body', 'x'], msg: 'no' }] }, 'toy answered 403: [{"loc":["body","x"],"msg":"no"}]'],
  ])('%j → %s', (body, message) => {
    expect(fail({ status: 403, body }).message).toBe(message)
  })

  it('says why a redirect is not followed', () => {
    expect(fail({ status: 301 }).message).toMatch(/redirects, which is not followed .* set the base URL/)
  })

  it('holds no secret and is cut', () => {
    const redact = redactor(['tenant-key-1'])
    const body = { error: { message: `tenant-key-1 is wrong ${'x'.repeat(10_000)}`, code: 'tenant-key-1' } }
    const error = fail({ status: 401, body, redact })
    expect(JSON.stringify({ ...error, message: error.message })).not.toContain('tenant-key-1')
    expect(error.message.length).toBeLessThan(700)
  })
})

it('the code that is hidden in the details of an error is the provider’s', () => {
  const body = { type: 'error', error: { type: 'rate_limit_error', details: { error_code: 'limit_reached' } } }
  const hints = [{ code: /^limit_reached$/, kind: 'quota' }] as const
  const error = answerError({ provider: 'p', status: 429, body, hints, nowEpochMs: 0 })
  expect(error).toMatchObject({ kind: 'quota', providerCode: 'limit_reached' })
})
