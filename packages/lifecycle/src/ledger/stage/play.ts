import type { Cues } from '../script/cues.ts'
import type { ScriptLine } from '../script/script.ts'
import { type CallerView, makeCall } from './caller.ts'
import type { Stage } from './stage.ts'

/** Plays a script, so many calls at a time; tells what the callers saw, by key. */
export async function play(
  lines: readonly ScriptLine[],
  stage: Stage,
  atOnce: number,
): Promise<ReadonlyMap<string, CallerView>> {
  const over = new Map(lines.map(({ key }) => [key, Promise.withResolvers<void>()]))
  const views = new Map<string, CallerView>()
  const rest = [...lines].reverse()
  const work = async (): Promise<void> => {
    for (let line = rest.pop(); line !== undefined; line = rest.pop()) {
      const { key, draft, source } = line
      if (source) await over.get(source.key)?.promise
      const cues = stage.cues.get(key) as Cues
      const group = line.group === undefined ? undefined : stage.groups.get(line.group)
      views.set(key, await makeCall({ line, cues, chat: stage.chats[draft.provider], group }))
      over.get(key)?.resolve()
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return views
}
