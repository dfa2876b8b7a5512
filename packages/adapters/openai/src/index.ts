/**
 * OpenAI as an adapter.
 *
 * @module
 */
export { openai } from './openai.ts'
export type { ApiKey, OpenaiOptions } from './settings.ts'
