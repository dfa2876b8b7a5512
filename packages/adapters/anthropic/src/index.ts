/**
 * Anthropic as an adapter.
 *
 * @module
 */
export { type AnthropicAdapter, anthropic } from './anthropic.ts'
export type { AnthropicOptions } from './settings.ts'
