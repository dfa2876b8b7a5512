import { OptionError } from './errors.ts'
import { kindOf } from './kind-of.ts'
import type { ChatRequest, EmbedRequest, Operation, Requests } from './request.ts'

const wrong = (field: string, value: string, remedy: string): OptionError =>
  new OptionError({ owner: 'call', field, value, remedy })

/** Checks that a request is one for its operation. @throws {OptionError} */
export function checkRequest(operation: Operation, request: Requests[Operation]): void {
  if (typeof request !== 'object' || request === null)
    throw wrong('request', kindOf(request), 'it must be an object with a model')
  const { model, messages, input } = request as Partial<ChatRequest & EmbedRequest>
  if (typeof model !== 'string' || model === '')
    throw wrong('request.model', model === '' ? 'empty' : kindOf(model), 'it must name a model')
  if (operation === 'chat' && !Array.isArray(messages))
    throw wrong('request.messages', kindOf(messages), 'it must be a list of messages')
  if (operation === 'embed' && !Array.isArray(input))
    throw wrong('request.input', kindOf(input), 'it must be a list of strings')
}
