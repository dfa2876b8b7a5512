import type { Call } from '@cepa/core'
import type { Clean } from './clean.ts'
import type { Line } from './line.ts'

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

/** The line of a call that has just come, for those who look closely. Counts what was sent; says nothing of it. */
export function requestLine(call: Call, clean: Clean): Line {
  const { operation, mode } = call
  const model = clean.text(call.request.model, 200)
  const parts =
    call.operation === 'embed'
      ? [counted(call.request.input.length, 'text')]
      : [
          counted(call.request.messages.length, 'message'),
          call.request.tools !== undefined && counted(call.request.tools.length, 'tool'),
          call.request.maxOutputTokens !== undefined && `at most ${call.request.maxOutputTokens} tokens`,
        ]
  const message = `${model} asked, ${operation} ${mode}: ${parts.filter(Boolean).join(', ')}`
  return { level: 'debug', message, fields: { operation, mode, model } }
}
