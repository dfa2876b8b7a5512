import Anthropic from '@anthropic-ai/sdk'
import { anthropicWire } from '@cepa/testing'
import { testAdapter } from '@cepa/testing/node'
import { describe, it } from 'vitest'
import { anthropic } from './anthropic.ts'

describe('the adapter keeps the contract', () => {
  it('keeps the contract by its own fetch', () =>
    testAdapter({ wire: anthropicWire, make: ({ baseUrl, key }) => anthropic({ baseUrl, apiKey: key }) }))

  it('keeps the contract with a bearer token and the platform’s fetch', () =>
    testAdapter({
      wire: anthropicWire,
      make: ({ baseUrl, key }) => anthropic({ baseUrl, authToken: key, fetch }),
      lacks: ['wire-bytes'],
    }))

  it('keeps the contract by the client of @anthropic-ai/sdk', () =>
    testAdapter({
      wire: anthropicWire,
      make: ({ baseUrl, key }) => anthropic({ client: new Anthropic({ baseURL: baseUrl, apiKey: key }) }),
      // the client fetches, and reads what a refusal says
      lacks: ['wire-bytes', 'refused-bytes'],
    }))
})
