import type { EmbedRequest } from '@cepa/core'
import type { Answer, Script, ScriptedAnswer, SeenRequest, Step } from './script.ts'

/** A scripted answer with every default filled in. */
export interface Plan extends Answer {
  readonly id: string
  readonly model: string
  readonly providerRequestId: string
  readonly inputTokens: number
  /** The steps, the last of which ends the answer one way or another. */
  readonly steps: readonly Step[]
}

const FINAL = ['end', 'error', 'stall', 'truncate', 'reset', 'drop'] as const

const isFinal = (step: Step | undefined): boolean => step !== undefined && FINAL.some((key) => key in step)

/** A text as a model says it: word by word, each with the space before it. */
export const wordsOf = (text: string): readonly string[] =>
  text.match(/\s*\S+\s*$|\s*\S+/g) ?? (text === '' ? [] : [text])

const TEXT_KEYS: ReadonlySet<string> = new Set(['content', 'text', 'system'])

/** The texts of a request, as far as they can be found; over HTTP it may be of any shape. */
function textsOf({ request }: SeenRequest): string {
  const { input, messages, system } = request as { input?: unknown; messages?: unknown; system?: unknown }
  if (input !== undefined) return inputsOf(input).join(' ')
  const texts: string[] = []
  JSON.stringify({ messages, system }, (key, value) => {
    if (typeof value === 'string' && TEXT_KEYS.has(key)) texts.push(value)
    return ArrayBuffer.isView(value) ? undefined : value
  })
  return texts.join(' ')
}

const inputsOf = (input: unknown): readonly string[] => (Array.isArray(input) ? input.map(String) : [String(input)])

const embeddingsFor = (seen: SeenRequest): readonly Step[] =>
  inputsOf((seen.request as EmbedRequest).input).map((text, index) => ({ embedding: [text.length, index, 1], index }))

const isContentStep = (step: Step): boolean => 'text' in step || 'reasoning' in step || 'toolCall' in step

function stepsOf(answer: Answer, seen: SeenRequest): readonly Step[] {
  const said: Step[] = [...(answer.steps ?? []), ...wordsOf(answer.text ?? '').map((text) => ({ text }))]
  const silent = answer.steps === undefined && answer.text === undefined
  if (seen.operation === 'embed' && (silent || !said.some((step) => 'embedding' in step || isFinal(step)))) {
    said.splice(0, said.length, ...said.filter((step) => !isContentStep(step)), ...embeddingsFor(seen))
  }
  if (!isFinal(said.at(-1)) && !said.some((step) => 'end' in step))
    said.push({ end: said.some((step) => 'toolCall' in step) ? 'tool-calls' : 'stop' })
  const { everyMs } = answer
  return everyMs === undefined
    ? said
    : said.flatMap((step) => (isContentStep(step) ? [{ waitMs: everyMs }, step] : [step]))
}

/** A scripted answer in its long form. */
export const answerOf = (answer: ScriptedAnswer): Answer => {
  if (typeof answer === 'string') return { text: answer }
  return Array.isArray(answer) ? { steps: answer as readonly Step[] } : (answer as Answer)
}

/** What a script says to one request. */
export function planOf(script: Script, seen: SeenRequest): Plan {
  const answer = answerOf(typeof script === 'function' ? script(seen) : script)
  return {
    ...answer,
    id: answer.id ?? `answer-${seen.index + 1}`,
    model: answer.model ?? seen.request.model ?? 'unknown',
    providerRequestId: answer.providerRequestId ?? `request-${seen.index + 1}`,
    inputTokens: answer.inputTokens ?? textsOf(seen).match(/\S+/g)?.length ?? 0,
    steps: stepsOf(answer, seen),
  }
}
