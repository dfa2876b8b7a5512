/**
 * OpenAI as an adapter.
 *
 * @module
 */
export type { ApiKey } from '@cepa/transport'
export { openai } from './openai.ts'
export type { OpenaiOptions } from './settings.ts'
