import { ProviderError } from '@cepa/core'
import { describe, expect, it } from 'vitest'
import { fakeCall } from '../test/fake-call.ts'
import { isRefusedField, withCorrections } from './correct.ts'

const refused = (message: string, kind: ProviderError['kind'] = 'invalid-request'): ProviderError =>
  new ProviderError({ provider: 'toy', kind, message })

describe('withCorrections', () => {
  const correction = (reason: string, kind: ProviderError['kind']) => ({
    reason,
    applies: (error: ProviderError) => error.kind === kind,
  })

  it('sends again with each correction that an error calls for, once', async () => {
    const ledger = fakeCall()
    const tried: string[][] = []
    const result = await withCorrections(
      ledger.call,
      [correction('new key', 'auth'), correction('without x', 'invalid-request')],
      async (made) => {
        tried.push([...made])
        if (!made.has('without x')) throw refused('x')
        if (!made.has('new key')) throw refused('key', 'auth')
        return 'answer'
      },
    )
    expect(result).toBe('answer')
    expect(tried).toEqual([[], ['without x'], ['without x', 'new key']])
    expect(ledger.again).toEqual(['without x', 'new key'])
  })

  it('gives up when the same error comes again, when none fits, and when the call is over', async () => {
    const ledger = fakeCall()
    const auth = [correction('new key', 'auth')]
    const stubborn = withCorrections(ledger.call, auth, async () => {
      throw refused('key', 'auth')
    })
    await expect(stubborn).rejects.toThrow('key')
    expect(ledger.again).toEqual(['new key'])
    const other = withCorrections(ledger.call, auth, async () => {
      throw refused('x')
    })
    await expect(other).rejects.toThrow('x')
    ledger.controller.abort()
    const late = withCorrections(ledger.call, auth, async () => {
      throw refused('key', 'auth')
    })
    await expect(late).rejects.toThrow('key')
    expect(ledger.again).toEqual(['new key'])
  })
})

describe('isRefusedField', () => {
  it.each([
    ['Unrecognized request argument supplied: stream_options', 'stream_options', true],
    ["Unknown parameter: 'stream_options'.", 'stream_options', true],
    ["Unsupported parameter: 'max_completion_tokens' is not supported with this model.", 'max_completion_tokens', true],
    [
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      'max_completion_tokens',
      false,
    ],
    [
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      'max_tokens',
      true,
    ],
    ['max_completion_tokens is too large: 99999. This model supports at most 16384', 'max_completion_tokens', false],
    [
      '[{"type":"extra_forbidden","loc":["body","stream_options"],"msg":"Extra inputs are not permitted"}]',
      'stream_options',
      true,
    ],
    ['Additional properties are not allowed (stream_options was unexpected)', 'stream_options', true],
    ['Unknown parameter: other', 'stream_options', false],
  ])('%s, %s: %s', (message, field, expected) => {
    expect(isRefusedField(refused(message), field)).toBe(expected)
  })

  it('only of bad requests', () => {
    expect(isRefusedField(refused('Unknown parameter: x', 'server'), 'x')).toBe(false)
  })
})
