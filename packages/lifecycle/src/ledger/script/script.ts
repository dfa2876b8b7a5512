import type { ChatRequest, EmbedRequest } from '@cepa/core'
import type { ScriptedUsage } from '@cepa/testing'
import { type Draw, drawFrom } from './random.ts'
import type { Draft, Scene } from './scene.ts'
import { CAST, SCENES } from './scenes/index.ts'

/** One call of the script. */
export interface ScriptLine {
  /** `line-0017`: the call's request id, and the header by which the provider knows it. */
  readonly key: string
  readonly name: string
  readonly draft: Draft
  readonly scene: Scene
  readonly request: ChatRequest | EmbedRequest
  readonly tenant: string
  /** Name of the group that it is made in. */
  readonly group?: string
  /** The call whose answer it is given by the cache; it must have ended before. */
  readonly source?: ScriptLine
}

/** Labels of calls. */
export const TENANTS: readonly string[] = ['acme', 'globex', 'initech']

/** The model whose price nobody knows. */
export const RARE_MODEL = 'rare-1'

const MODELS = { openai: ['gpt-a', 'gpt-b'], anthropic: ['claude-a', 'claude-b'] } as const
const GROUPS = ['run', 'run/step', 'batch', 'talk', 'talk/turn', 'talk/turn/tool'] as const

function usageFor(draw: Draw, provider: Draft['provider']): ScriptedUsage | false | undefined {
  if (draw.chance(0.06)) return false
  if (draw.chance(0.6)) return undefined
  const cacheReadTokens = draw.between(1, 90)
  const inputTokens = cacheReadTokens + draw.between(10, 900)
  const outputTokens = draw.between(20, 700)
  return provider === 'openai'
    ? { inputTokens, outputTokens, cacheReadTokens, reasoningTokens: draw.between(1, 19) }
    : { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens: draw.between(0, 10) }
}

function draftOf(draw: Draw, { streamsOnly = false, embeds = false }): Draft {
  const operation = embeds && draw.chance(0.15) ? 'embed' : 'chat'
  const provider = operation === 'embed' ? 'openai' : draw.oneOf(['openai', 'anthropic'] as const)
  const words = draw.between(2, 14)
  const usage = operation === 'embed' ? undefined : usageFor(draw, provider)
  return {
    provider,
    operation,
    mode: operation === 'embed' || !(streamsOnly || draw.chance(0.55)) ? 'complete' : 'stream',
    words,
    cut: draw.between(1, words - 1),
    inputTokens: draw.between(3, 400),
    ...(usage !== undefined && { usage }),
    ...(draw.chance(0.15) && { encoding: 'gzip' as const }),
  }
}

function requestOf(draw: Draw, { operation, provider }: Draft, key: string): ScriptLine['request'] {
  const filler = Array.from({ length: draw.between(1, 30) }, (_, index) => `filler-${index}`)
  const prompt = [`question-of-${key}`, ...filler].join(' ')
  if (operation === 'embed') return { model: 'embed-a', input: [prompt, 'another text'] }
  const model = draw.chance(0.05) ? RARE_MODEL : draw.oneOf(MODELS[provider])
  return { model, messages: [{ role: 'user', content: prompt }] }
}

/** An earlier call whose answer the cache has. */
const isSource = ({ name, draft }: ScriptLine, like: Draft): boolean =>
  name === 'answered' && draft.operation === like.operation

function nameFrom(draw: Draw): string {
  const entries = Object.entries(CAST)
  const sum = entries.reduce((total, [, { weight }]) => total + weight, 0)
  let rest = (draw.between(0, 999_999) / 1_000_000) * sum
  const found = entries.find(([, { weight }]) => {
    rest -= weight
    return rest < 0
  })
  return (found ?? entries[0])?.[0] as string
}

function lineOf(draw: Draw, index: number, before: readonly ScriptLine[]): ScriptLine {
  const key = `line-${String(index).padStart(4, '0')}`
  const name = nameFrom(draw)
  const drawn = draftOf(draw, CAST[name] ?? {})
  const scene = (SCENES[name] as (draft: Draft, draw: Draw) => Scene)(drawn, draw)
  const group = draw.chance(0.4) ? { group: draw.oneOf(GROUPS) } : {}
  const own = { key, name, scene, ...group }
  if (!scene.repeats) return { ...own, draft: drawn, request: requestOf(draw, drawn, key), tenant: draw.oneOf(TENANTS) }
  const sources = before.filter((line) => isSource(line, drawn))
  if (sources.length === 0) return lineOf(draw, index, before)
  const source = draw.oneOf(sources)
  const { draft, request, tenant } = source
  const mode = draft.operation === 'embed' ? draft.mode : drawn.mode
  return { ...own, draft: { ...draft, mode }, request, tenant, source }
}

/**
 * A script of mixed calls, the same for the same seed.
 *
 * @param seed any whole number.
 *
 * @example
 * scriptOf(1000, 4).filter(({ scene }) => scene.ends === 'unread')
 */
export function scriptOf(calls: number, seed: number): readonly ScriptLine[] {
  const draw = drawFrom(seed)
  const lines: ScriptLine[] = []
  for (let index = 0; index < calls; index++) lines.push(lineOf(draw, index, lines))
  return lines
}
