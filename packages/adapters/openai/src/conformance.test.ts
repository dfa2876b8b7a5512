import { testAdapter } from '@cepa/testing/node'
import OpenAI from 'openai'
import { describe, it } from 'vitest'
import { openai } from './openai.ts'

describe('the adapter keeps the contract', () => {
  it('by its own fetch', () => testAdapter({ make: ({ baseUrl, key }) => openai({ baseUrl, apiKey: key }) }))

  it('by the platform’s fetch', () =>
    testAdapter({ make: ({ baseUrl, key }) => openai({ baseUrl, apiKey: key, fetch }), lacks: ['wire-bytes'] }))

  it('by the openai client', () =>
    testAdapter({
      make: ({ baseUrl, key }) => openai({ client: new OpenAI({ baseURL: baseUrl, apiKey: key }) }),
      // the client fetches, and reads what a refusal says
      lacks: ['wire-bytes', 'refused-bytes'],
    }))
})
