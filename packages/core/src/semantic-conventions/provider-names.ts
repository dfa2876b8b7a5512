import type { Operation } from '../request.ts'

/** Adapters whose provider the conventions call otherwise. Every other name is its own. */
const PROVIDERS: Readonly<Record<string, string>> = {
  azure: 'azure.ai.openai',
  'azure-openai': 'azure.ai.openai',
  bedrock: 'aws.bedrock',
  gemini: 'gcp.gemini',
  mistral: 'mistral_ai',
  moonshot: 'moonshot_ai',
  vertex: 'gcp.vertex_ai',
  watsonx: 'ibm.watsonx.ai',
  xai: 'x_ai',
}

/** Providers that are asked by Gemini's `generateContent`. */
const GENERATES_CONTENT: ReadonlySet<string> = new Set(['gcp.gemini', 'gcp.vertex_ai', 'gcp.gen_ai'])

/** Providers that take the instructions at the beginning apart from the messages. */
const INSTRUCTED_APART: ReadonlySet<string> = new Set(['anthropic', 'aws.bedrock', ...GENERATES_CONTENT])

/**
 * What the conventions call a provider: `gen_ai.provider.name` for the name of an adapter.
 *
 * @example
 * providerNameOf('gemini') // → 'gcp.gemini'
 */
export const providerNameOf = (provider: string): string =>
  Object.hasOwn(PROVIDERS, provider) ? (PROVIDERS[provider] as string) : provider

/**
 * What the conventions call an operation at a provider: `gen_ai.operation.name`.
 *
 * @example
 * operationNameOf('embed', 'openai') // → 'embeddings'
 */
export function operationNameOf(operation: Operation, provider: string): string {
  if (operation === 'embed') return 'embeddings'
  return GENERATES_CONTENT.has(providerNameOf(provider)) ? 'generate_content' : 'chat'
}

/**
 * Whether a provider is sent the instructions at the beginning apart from the messages.
 *
 * @example
 * takesInstructionsApart('anthropic') // → true
 */
export const takesInstructionsApart = (provider: string): boolean => INSTRUCTED_APART.has(providerNameOf(provider))
