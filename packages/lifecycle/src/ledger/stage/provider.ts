import { type Answer, anthropicWire, openaiWire, type SeenRequest } from '@cepa/testing'
import { type FakeServer, fakeServer, type ServerEntry } from '@cepa/testing/node'
import type { Cues } from '../script/cues.ts'
import type { Provider, Turn } from '../script/scene.ts'
import { listeningTo, type ToldUsage } from './told-usage.ts'

/** The header by which a request says which line of the script it is of. */
export const LINE_HEADER = 'x-script-line'

/** What a provider plays for a key. */
export interface Part {
  readonly turns: readonly Turn[]
  readonly cues: Cues
}

/** One request as the provider keeps it. */
export interface Heard {
  readonly entry: ServerEntry
  /** The id that the provider gave it. */
  readonly requestId: string
  /** What it said of its tokens. */
  readonly told: ToldUsage
}

/**
 * A compressed stream goes on after the answer's finish, by the few bytes that end the compression. Nobody waits for those: whether they
 * are counted depends on when they come.
 */
export const mayLackTail = ({ entry }: Heard): boolean =>
  entry.mode === 'stream' && entry.status === 200 && entry.bytesWritten !== entry.bytesDecoded

/** A provider that plays its part of the script over HTTP and keeps its own ledger. */
export interface ScriptedProvider {
  readonly server: FakeServer
  /** What it got for a key, in order. */
  heard(key: string): readonly Heard[]
}

const idOf = (provider: Provider, key: string, turn: number): string => `${provider}.${key}.${turn + 1}`

/** Starts one. @param parts by key: a line's, or that of the call detached from it. */
export async function scriptedProvider(
  provider: Provider,
  parts: ReadonlyMap<string, Part>,
): Promise<ScriptedProvider> {
  const told = new Map<number, ToldUsage>()
  const times = new Map<string, number>()
  const script = ({ headers }: SeenRequest): Answer => {
    const key = headers[LINE_HEADER] ?? ''
    const { turns, cues } = parts.get(key) ?? {}
    const turn = times.get(key) ?? 0
    times.set(key, turn + 1)
    const last = turns?.[Math.min(turn, turns.length - 1)]
    if (last === undefined || cues === undefined) throw new Error(`${key}: nobody should have been asked`)
    cues.asked.give()
    return { ...last.answer(cues), providerRequestId: idOf(provider, key, turn) }
  }
  const wire = provider === 'openai' ? openaiWire : anthropicWire
  const server = await fakeServer(script, { wire: listeningTo(wire, told) })
  return {
    server,
    heard: (key) =>
      server.ledger
        .filter(({ headers }) => headers[LINE_HEADER] === key)
        .map((entry, turn) => ({ entry, requestId: idOf(provider, key, turn), told: told.get(entry.index) ?? {} })),
  }
}
