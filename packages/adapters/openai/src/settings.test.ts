import { OptionError } from '@cepa/core'
import OpenAI from 'openai'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { openai } from './openai.ts'
import { type OpenaiOptions, settingsOf } from './settings.ts'

afterEach(() => vi.unstubAllEnvs())

const problem = (options: unknown): OptionError => {
  try {
    openai(options as OpenaiOptions)
  } catch (error) {
    expect(error).toBeInstanceOf(OptionError)
    return error as OptionError
  }
  throw new Error('it was accepted')
}

describe('options', () => {
  it('come from the options, then the environment, then the defaults', () => {
    vi.stubEnv('OPENAI_API_KEY', 'key-from-environment\n')
    vi.stubEnv('OPENAI_BASE_URL', 'https://gateway.example/v1')
    vi.stubEnv('OPENAI_ORG_ID', 'org-1')
    vi.stubEnv('OPENAI_PROJECT_ID', 'proj-1')
    const found = settingsOf({ project: 'proj-2', headers: { 'x-team': 'a' } })
    expect(found).toMatchObject({
      name: 'openai',
      apiKey: 'key-from-environment',
      baseUrl: 'https://gateway.example/v1',
      headers: { 'openai-organization': 'org-1', 'openai-project': 'proj-2', 'x-team': 'a' },
      limits: { maxEventBytes: 16_777_216, maxAnswerBytes: 268_435_456 },
    })
    vi.unstubAllEnvs()
    expect(settingsOf({ apiKey: 'k', baseUrl: 'http://localhost:1234' }).baseUrl).toBe('http://localhost:1234')
    expect(openai({ apiKey: 'k' }).server).toEqual({ serverAddress: 'api.openai.com', serverPort: 443 })
  })

  it('explain() shows no secret', () => {
    const { data } = openai({ apiKey: 'tenant-key-1', headers: { 'x-key': 'tenant-key-2' }, name: 'local' })
    expect(JSON.stringify(data)).not.toContain('tenant-key')
    expect(data).toMatchObject({ baseUrl: 'https://api.openai.com/v1', name: 'local', streamUsage: true })
  })

  it.each<[unknown, RegExp]>([
    [{}, /openai: option apiKey is missing; give apiKey .* set OPENAI_API_KEY/],
    [{ apiKey: '' }, /openai: option apiKey is a string; it must be a key without spaces/],
    [{ apiKey: 'sk-secret\n' }, /openai: option apiKey is a string; it must be a key without spaces/],
    [{ apiKey: 5 }, /openai: option apiKey is a number/],
    [{ apiKey: 'k', baseUrl: 'api.openai.com' }, /openai: option baseUrl is "api.openai.com"; it must be an http/],
    [{ apiKey: 'k', baseUrl: 'https://user:pass@host/v1' }, /openai: option baseUrl/],
    [
      { apiKey: 'k', baseURL: 'https://host/v1' },
      /openai: option baseURL is given; there is no such option; did you mean baseUrl\?/,
    ],
    [{ apiKey: 'k', maxEventBytes: 0 }, /openai: option maxEventBytes is 0; it must be an integer of at least 1/],
    [{ apiKey: 'k', client: {} }, /openai: option client is an object; it must be an object with post\(\)/],
    [
      { apiKey: 'k', client: new OpenAI({ apiKey: 'x' }) },
      /openai: option apiKey is given beside client; set it on the client/,
    ],
    [{ client: new OpenAI({ apiKey: 'x' }), fetch }, /openai: option fetch is given beside client/],
  ])('%j is refused', (options, words) => {
    vi.stubEnv('OPENAI_API_KEY', '')
    const { message } = problem(options)
    expect(message).toMatch(words)
    expect(message).not.toContain('sk-secret')
  })

  it('an address in the environment is held to the same rules', () => {
    vi.stubEnv('OPENAI_BASE_URL', 'nonsense')
    expect(problem({ apiKey: 'k' }).message).toMatch(/openai \(environment\): option baseUrl is "nonsense"/)
  })

  it('a client brings its base URL, and the environment stays out of it', () => {
    vi.stubEnv('OPENAI_BASE_URL', 'https://gateway.example/v1')
    const client = new OpenAI({ apiKey: 'x', baseURL: 'https://proxy.example/v1' })
    expect(openai({ client }).identity({ model: 'm', messages: [] })).toBe('openai https://proxy.example/v1')
  })

  it('the identity names provider and address, and nothing secret', () => {
    const request = { model: 'm', messages: [] }
    expect(openai({ apiKey: 'k' }).identity(request)).toBe('openai https://api.openai.com/v1')
    expect(openai({ apiKey: 'k', name: 'vllm', baseUrl: 'http://h/v1' }).identity(request)).toBe('vllm http://h/v1')
  })
})
