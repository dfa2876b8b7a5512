/**
 * The Node-only part of transport: a `fetch` over undici's client, without the limits of Node's own.
 *
 * @module
 */
import type { Fetch } from './fetch.ts'
import { createNodeFetch, type NodeFetchOptions } from './node-fetch.ts'
import { platformFetchOver } from './node-platform-fetch.ts'

export type { NodeDispatcher, NodeFetchOptions } from './node-fetch.ts'

/** The runtime's own `fetch` type where one is declared, else the part of it that transport uses. */
export type PlatformFetch = typeof globalThis extends { fetch: infer F } ? F : Fetch

/** A fetch with connections of its own; `close` lets them go. */
export type NodeFetch = PlatformFetch & { close(): Promise<void> }

/**
 * A `fetch` for a client library that takes one: no limit of 300 s for headers or between pieces. Request bodies are buffered,
 * redirects are not followed, and the response has `wireBytes()`, the bytes received before decompression.
 *
 * @throws {OptionError} for an option that cannot be right; the fetch itself a `TypeError` when a request cannot be made of what it is called with.
 *
 * @example
 * const client = new Ollama({ fetch: nodeFetch() })
 */
export function nodeFetch(options?: NodeFetchOptions): NodeFetch {
  return platformFetchOver(createNodeFetch(options)) as unknown as NodeFetch
}
