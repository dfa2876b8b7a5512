import type { PriceRequest } from '@cepa/core'

/** The rates of tools that run at the provider, by the names that adapters report. */
const RATE_OF_TOOL: Readonly<Record<string, string>> = {
  web_search: 'web_searches_kcount',
  web_search_requests: 'web_searches_kcount',
  file_search: 'storage_searches_kcount',
  x_search: 'social_searches_kcount',
  code_execution: 'code_executions_kcount',
}

/** Tools that cost nothing beside the tokens that they bring. @see https://platform.claude.com/docs/en/about-claude/pricing */
const FREE: readonly string[] = ['anthropic web_fetch', 'anthropic web_fetch_requests']

/** The rate of a tool's use; 0 for one that is free, `undefined` for one without a price. */
export const rateOfTool = (provider: string, tool: string): string | 0 | undefined =>
  FREE.includes(`${provider} ${tool}`) ? 0 : RATE_OF_TOOL[tool]

type ToolOption = Readonly<Record<string, unknown>>

/** Whether a tool of a request, in the provider's own form, is one that the provider runs and bills. */
const BILLED_TOOL: Readonly<Record<string, (tool: ToolOption) => boolean>> = {
  openai: ({ type }) => type !== 'function' && type !== 'custom',
  google: (tool) => !('functionDeclarations' in tool || 'function_declarations' in tool),
  anthropic: ({ type }) => typeof type === 'string' && /^(?:web_search|code_execution)/.test(type),
}

/** Providers whose whole answers tell every use, so that none told means none. */
const TELLS_ALL: readonly string[] = ['anthropic']

/** Whether the request let a provider use paid tools whose uses were not told. */
export function mayHideToolUses({ usage, providerOptions = {}, model }: PriceRequest, provider: string): boolean {
  const isBilled = BILLED_TOOL[provider]
  if (isBilled === undefined || usage.serverToolUses !== undefined) return false
  if (TELLS_ALL.includes(provider) && usage.source === 'provider') return false
  const { tools, web_search_options: search } = providerOptions
  if (provider === 'openai' && (search !== undefined || /search-preview/.test(model))) return true
  return Array.isArray(tools) && tools.some((tool) => isBilled(Object(tool) as ToolOption))
}
