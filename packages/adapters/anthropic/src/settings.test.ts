import Anthropic from '@anthropic-ai/sdk'
import { OptionError } from '@cepa/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { anthropic } from './anthropic.ts'
import { type AnthropicOptions, settingsOf } from './settings.ts'

beforeEach(() => {
  for (const name of ['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN', 'ANTHROPIC_BASE_URL']) vi.stubEnv(name, '')
})
afterEach(() => vi.unstubAllEnvs())

const problem = (options: unknown): OptionError => {
  try {
    anthropic(options as AnthropicOptions)
  } catch (error) {
    expect(error).toBeInstanceOf(OptionError)
    return error as OptionError
  }
  throw new Error('it was accepted')
}

describe('options', () => {
  it('come from the options, then the environment, then the defaults', () => {
    vi.stubEnv('ANTHROPIC_API_KEY', 'key-from-environment\n')
    vi.stubEnv('ANTHROPIC_BASE_URL', 'https://gateway.example/anthropic/')
    expect(settingsOf({ headers: { 'x-team': 'a' } })).toMatchObject({
      name: 'anthropic',
      credential: { option: 'apiKey', source: 'key-from-environment' },
      baseUrl: 'https://gateway.example/anthropic',
      maxOutputTokens: 32_000,
      beta: [],
      headers: { 'x-team': 'a' },
      limits: { maxEventBytes: 16_777_216, maxAnswerBytes: 268_435_456 },
    })
    vi.stubEnv('ANTHROPIC_BASE_URL', '')
    expect(settingsOf({ apiKey: 'k' }).baseUrl).toBe('https://api.anthropic.com')
    expect(anthropic({ apiKey: 'k' }).server).toEqual({ serverAddress: 'api.anthropic.com', serverPort: 443 })
  })

  it('a token comes from the environment where there is no key, and a key that is given is the only one', () => {
    vi.stubEnv('ANTHROPIC_AUTH_TOKEN', 'token-from-environment')
    expect(settingsOf({}).credential).toEqual({ option: 'authToken', source: 'token-from-environment' })
    vi.stubEnv('ANTHROPIC_API_KEY', 'key-from-environment')
    expect(settingsOf({}).credential).toEqual({ option: 'apiKey', source: 'key-from-environment' })
    expect(settingsOf({ authToken: 'token-given' }).credential).toEqual({ option: 'authToken', source: 'token-given' })
    expect(settingsOf({ apiKey: 'key-given' }).credential).toEqual({ option: 'apiKey', source: 'key-given' })
  })

  it('an address may end with /v1', () => {
    expect(settingsOf({ apiKey: 'k', baseUrl: 'http://localhost:1234/v1/' }).baseUrl).toBe('http://localhost:1234')
    expect(settingsOf({ apiKey: 'k', baseUrl: 'http://localhost/v1/anthropic' }).baseUrl).toBe(
      'http://localhost/v1/anthropic',
    )
  })

  it('explain() shows no secret', () => {
    const { data } = anthropic({ apiKey: 'tenant-key-1', headers: { 'x-key': 'tenant-key-2' }, name: 'local' })
    expect(JSON.stringify(data)).not.toContain('tenant-key')
    expect(data).toMatchObject({ baseUrl: 'https://api.anthropic.com', name: 'local', maxOutputTokens: 32_000 })
    expect(JSON.stringify(anthropic({ authToken: 'tenant-token-1' }).data)).not.toContain('tenant-token')
  })

  it.each<[unknown, RegExp]>([
    [
      {},
      /anthropic: option apiKey is missing; give apiKey or authToken .* set ANTHROPIC_API_KEY or ANTHROPIC_AUTH_TOKEN/,
    ],
    [{ apiKey: 'a', authToken: 'b' }, /anthropic: option authToken is given beside apiKey; give one of them/],
    [{ apiKey: 'sk-secret\n' }, /anthropic: option apiKey is a string; it must be a key without spaces/],
    [{ authToken: 5 }, /anthropic: option authToken is a number/],
    [{ apiKey: 'k', baseUrl: 'api.anthropic.com' }, /option baseUrl is "api.anthropic.com"; it must be an http/],
    [{ apiKey: 'k', baseURL: 'https://h' }, /option baseURL is given; there is no such option; did you mean baseUrl\?/],
    [{ apiKey: 'k', version: 'new version' }, /option version is "new version"; it must be a version, for example/],
    [{ apiKey: 'k', beta: ['a b'] }, /option beta\.0 is "a b"; it must be the name of a beta feature/],
    [{ apiKey: 'k', maxOutputTokens: 0 }, /option maxOutputTokens is 0; it must be an integer of at least 1/],
    [{ apiKey: 'k', client: {} }, /option client is an object; it must be an object with post\(\)/],
    [
      { apiKey: 'k', client: new Anthropic({ apiKey: 'x' }) },
      /option apiKey is given beside client; set it on the client/,
    ],
    [{ client: new Anthropic({ apiKey: 'x' }), fetch }, /option fetch is given beside client/],
  ])('%j is refused', (options, words) => {
    const { message } = problem(options)
    expect(message).toMatch(words)
    expect(message).not.toContain('sk-secret')
  })

  it('an address in the environment is held to the same rules', () => {
    vi.stubEnv('ANTHROPIC_BASE_URL', 'nonsense')
    expect(problem({ apiKey: 'k' }).message).toMatch(/anthropic \(environment\): option baseUrl is "nonsense"/)
    expect(settingsOf({ apiKey: 'k', baseUrl: 'http://h' }).baseUrl).toBe('http://h')
  })
})

describe('the identity', () => {
  const request = { model: 'm', messages: [] }
  const identity = (options: AnthropicOptions, change: object = {}): string =>
    anthropic(options).identity({ ...request, ...change })

  it('names provider, address, version and the limit that the request leaves open', () => {
    expect(identity({ apiKey: 'k' })).toBe('anthropic https://api.anthropic.com version 2026-10-21 max_tokens 32000')
    expect(identity({ apiKey: 'k', name: 'local', baseUrl: 'http://h', beta: ['b'] }, { maxOutputTokens: 9 })).toBe(
      'local http://h version 2026-10-21 beta b',
    )
    expect(identity({ apiKey: 'k' }, { temperature: 0 })).toContain('version 2023-06-01')
  })

  it('of a client is its address, and the environment stays out of it', () => {
    vi.stubEnv('ANTHROPIC_BASE_URL', 'https://gateway.example')
    const client = new Anthropic({ apiKey: 'x', baseURL: 'https://proxy.example' })
    expect(identity({ client })).toBe('anthropic https://proxy.example version of the client max_tokens 32000')
  })
})
