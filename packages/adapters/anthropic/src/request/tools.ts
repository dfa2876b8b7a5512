import { type ChatRequest, jsonSchemaOf, type Tool } from '@cepa/core'
import { closedSchema } from './structured-output.ts'

function toolBody({ name, description, parameters, strict, providerOptions }: Tool): object {
  const schema = jsonSchemaOf(parameters)
  return {
    name,
    ...(description !== undefined && { description }),
    input_schema: strict ? closedSchema(schema) : schema,
    ...(strict !== undefined && { strict }),
    ...providerOptions,
  }
}

/** The request's tools, and after them those of the provider itself, which stand in `providerOptions`. */
export function toolsBody(tools: readonly Tool[] | undefined, more: unknown): unknown {
  if (tools === undefined) return more
  return [...tools.map(toolBody), ...(Array.isArray(more) ? more : [])]
}

const CHOICES = { auto: 'auto', none: 'none', required: 'any' } as const

/** How tools may be chosen; one at a time where that is asked for. */
export function toolChoiceBody({ toolChoice, parallelToolCalls }: ChatRequest, hasTools: boolean): unknown {
  const oneAtATime = parallelToolCalls === false && hasTools
  if (toolChoice === undefined && !oneAtATime) return undefined
  const choice =
    typeof toolChoice === 'object' ? { type: 'tool', name: toolChoice.tool } : { type: CHOICES[toolChoice ?? 'auto'] }
  return { ...choice, ...(oneAtATime && choice.type !== 'none' && { disable_parallel_tool_use: true }) }
}
