import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isSecretName, REDACTED, scrubSecrets } from './secrets.ts'

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const digits = '0123456789'
const from = (alphabet: string, minLength: number, maxLength = minLength) =>
  fc.string({ unit: fc.constantFrom(...alphabet), minLength, maxLength })

const alphanumeric = letters + digits
/** What comes from a generator of keys has digits in it; by chance alone a short one may have none. */
const body = (minLength: number, maxLength: number, more = '') =>
  fc.tuple(from(alphanumeric + more, minLength, maxLength), from(digits, 1)).map(([text, digit]) => text + digit)

/** The keys of the known providers. */
const keys: Record<string, fc.Arbitrary<string>> = {
  openai: body(20, 60, '_').map((key) => `sk-proj-${key}`),
  'openai, legacy': from(alphanumeric, 48).map((key) => `sk-${key}`),
  anthropic: body(80, 95, '_-').map((key) => `sk-ant-api03-${key}`),
  openrouter: from('0123456789abcdef', 64).map((key) => `sk-or-v1-${key}`),
  gemini: body(34, 34, '_-').map((key) => `AIza${key}`),
  'google oauth': body(40, 80, '_-').map((key) => `ya29.${key}`),
  groq: body(51, 51).map((key) => `gsk_${key}`),
  xai: body(79, 79).map((key) => `xai-${key}`),
  'hugging face': body(33, 33).map((key) => `hf_${key}`),
  replicate: body(36, 36).map((key) => `r8_${key}`),
  perplexity: body(47, 47).map((key) => `pplx-${key}`),
  cerebras: body(47, 47).map((key) => `csk-${key}`),
  nvidia: body(63, 63, '_-').map((key) => `nvapi-${key}`),
  bedrock: body(60, 100, '+/').map((key) => `ABSK${key}=`),
  'aws access key': from('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 16).map((key) => `AKIA${key}`),
  langfuse: body(35, 35, '-').map((key) => `pk-lf-${key}`),
  github: body(35, 35).map((key) => `ghp_${key}`),
  jwt: fc
    .tuple(body(20, 40), body(20, 60, '_-'), body(20, 43, '_-'))
    .map(([head, claims, sign]) => `eyJ${head}.${claims}.${sign}`),
  short: from(letters, 6).map((key) => `sk-${key}`),
}

/** Ways to write any secret, also one without a form of its own. */
const ways: Record<string, (secret: string) => string> = {
  bearer: (secret) => `Bearer ${secret}`,
  'authorization header': (secret) => `authorization: Bearer ${secret}`,
  'other scheme': (secret) => `Authorization: Digest username="x", response=${secret}`.replaceAll('"', ''),
  'quoted header': (secret) => `{"authorization":"Token ${secret}"}`,
  'api key header': (secret) => `x-api-key: ${secret}`,
  'google header': (secret) => `'x-goog-api-key': '${secret}'`,
  json: (secret) => `{"apiKey":"${secret}"}`,
  variable: (secret) => `OPENAI_API_KEY=${secret}`,
  query: (secret) => `https://host/v1/models?key=${secret}&alt=sse`,
  address: (secret) => `redis://user:${secret}@host:6379/0`,
  password: (secret) => `password=${secret}`,
  token: (secret) => `access_token: ${secret}`,
  cookie: (secret) => `cookie: session=${secret}; theme=dark`,
}

const around = fc.string({ unit: fc.constantFrom(...'abc XYZ.,;:=()[]{}<>"\'\n\t/?&', 'é', '🧅'), maxLength: 30 })
const separator = fc.constantFrom(
  ' ',
  '\n',
  '"',
  "'",
  '=',
  ':',
  ',',
  '(',
  '[',
  '{',
  '<',
  '/',
  '?',
  '&',
  '_',
  ': ',
  'key: ',
)

describe('secrets do not survive', () => {
  test.each(Object.entries(keys))('the key of %s, in any surroundings', (_, key) => {
    const after = fc.constantFrom(' ', '\n', '"', "'", ',', ')', ';', '<', '')
    fc.assert(
      fc.property(fc.tuple(around, separator), key, after, ([before, gap], secret, end) => {
        expect(scrubSecrets(`${before}${gap}${secret}${end}`)).not.toContain(secret)
      }),
    )
  })

  test.each(Object.entries(ways))('written as %s', (_, write) => {
    fc.assert(
      fc.property(around, body(12, 40, '_-.'), around, (before, secret, after) => {
        expect(scrubSecrets(`${before} ${write(secret)} ${after}`)).not.toContain(secret)
      }),
    )
  })

  test('basic credentials', () => {
    fc.assert(
      fc.property(fc.tuple(from(alphanumeric, 3, 10), from(alphanumeric, 8, 20)), ([user, password]) => {
        const credentials = Buffer.from(`${user}:${password}`).toString('base64')
        expect(scrubSecrets(`sent Basic ${credentials} and was refused`)).not.toContain(credentials)
      }),
    )
  })

  test('a private key, also one that is cut', () => {
    const key = `-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nabc\n-----END RSA PRIVATE KEY-----`
    expect(scrubSecrets(`key: ${key}.`)).toBe(`key: ${REDACTED}.`)
    expect(scrubSecrets(key.slice(0, 45))).toBe(REDACTED)
  })

  test('scrubbing twice changes nothing more', () => {
    fc.assert(
      fc.property(
        around,
        fc.constantFrom(...Object.values(ways)),
        fc.oneof(...Object.values(keys)),
        (before, write, key) => {
          const once = scrubSecrets(`${before} ${write(key)}`)
          expect(scrubSecrets(once)).toBe(once)
        },
      ),
    )
  })
})

test('what is no secret stays', () => {
  for (const text of [
    'Rate limit reached for gpt-4o in organization org-abc on tokens per min (TPM): Limit 30000, Used 29000.',
    "This model's maximum context length is 128000 tokens; max_tokens: 4096",
    'basic understanding of risk-averse task-oriented disk-based sk-learn models',
    'hf_hub_download failed in gsk_module; use npm_config instead',
    'request req_011CSHoEeqs5C35K2UUqR7Fy of chatcmpl-AbC123 failed',
    'fetch failed: connect ECONNREFUSED 127.0.0.1:443',
    'https://api.openai.com/v1/chat/completions?stream=true',
    'Unexpected token < in JSON at position 0',
  ])
    expect(scrubSecrets(text)).toBe(text)
})

test('a long text without secrets takes no long time', () => {
  for (const text of [
    'a'.repeat(1e6),
    'sk-'.repeat(3e5),
    'Bearer '.repeat(1e5),
    'eyJ'.repeat(3e5),
    '-----BEGIN '.repeat(1e5),
  ]) {
    const before = performance.now()
    scrubSecrets(text)
    expect(performance.now() - before).toBeLessThan(2000)
  }
})

test('names of secrets are known in any spelling', () => {
  for (const name of [
    'authorization',
    'Proxy-Authorization',
    'api_key',
    'apiKey',
    'X-API-Key',
    'x-goog-api-key',
    'client secret',
    'Set-Cookie',
  ])
    expect([name, isSecretName(name)]).toEqual([name, true])
  for (const name of ['prompt_tokens', 'tokens', 'key', 'cacheKey', 'author', 'requestId', 'maxTokens'])
    expect([name, isSecretName(name)]).toEqual([name, false])
})
