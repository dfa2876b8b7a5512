import { type Attempt, type ChatRequest, type Middleware, middleware, ProviderError } from '@cepa/core'
import { afterAll, beforeAll, expect } from 'vitest'
import { type AnthropicAdapter, anthropic } from '../src/anthropic.ts'
import type { AnthropicOptions } from '../src/settings.ts'
import { type AnthropicServer, anthropicServer } from './anthropic-server.ts'

/** The simplest request. */
export const request: ChatRequest = { model: 'claude-opus-5-5', messages: [{ role: 'user', content: 'hi' }] }

/** A server for the tests of a file. */
export interface Desk {
  server: AnthropicServer
  /** The adapter on that server. */
  adapter(options?: AnthropicOptions): AnthropicAdapter
}

/** Starts a server before the tests of a file, and stops it after them. */
export function desk(): Desk {
  const made = {
    adapter: (options: AnthropicOptions = {}) =>
      anthropic({
        baseUrl: made.server.baseUrl,
        ...(options.authToken === undefined && { apiKey: 'tenant-key-1' }),
        ...options,
      }),
  } as Desk
  beforeAll(async () => {
    made.server = await anthropicServer()
  })
  afterAll(() => made.server.close())
  return made
}

/** A layer that keeps the attempts and the ending of the last call. */
export function watch(): { readonly layer: Middleware<'watch'>; attempts: readonly Attempt[]; ending?: string } {
  const seen: { layer: Middleware<'watch'>; attempts: readonly Attempt[]; ending?: string } = {
    attempts: [],
    layer: middleware({
      name: 'watch',
      end: (call, ending) => {
        seen.attempts = call.attempts
        seen.ending = ending.kind
      },
    }),
  }
  return seen
}

/** The error that a call fails with. */
export async function failure(pending: Promise<unknown>): Promise<ProviderError> {
  const error = await pending.then(
    () => new Error('it did not fail'),
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(ProviderError)
  return error as ProviderError
}
