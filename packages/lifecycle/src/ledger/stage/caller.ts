import { type CallOptions, type Completion, type Pipeline, type Reply, systemClock } from '@cepa/core'
import type { Group } from '@cepa/middleware-telemetry'
import { wordsIn } from '../account/tokens.ts'
import type { CallEnd, Cues } from '../script/cues.ts'
import type { ScriptLine } from '../script/script.ts'
import { LINE_HEADER } from './provider.ts'

/** What the caller itself saw of a call. Times are of the machine's monotonic clock, in milliseconds. */
export interface CallerView {
  readonly startedAt: number
  /** When it was over for the outermost layer, and the caller had heard of it. */
  readonly endedAt: number
  /** Wall clock of the start, before and after the call was made. */
  readonly startedAtMs: number
  readonly startedByMs: number
  /** How it ended for the caller: it was answered, it threw, or the caller left. */
  readonly outcome: 'answered' | 'threw' | 'left'
  /** The text that it read, and in how many pieces. */
  readonly text: string
  readonly pieces: number
  /** When it had the first text, and how much it waited between events of its own will. */
  readonly firstTextAt?: number
  readonly pausedMs: number
  /** How it ended for the outermost layer. */
  readonly end: CallEnd
}

/** How a call is made. */
export interface CallContext {
  readonly line: ScriptLine
  readonly cues: Cues
  readonly chat: Pipeline
  readonly group: Group | undefined
}

class Reading {
  text = ''
  pieces = 0
  pausedMs = 0
  firstTextAt: number | undefined
  outcome: CallerView['outcome'] = 'answered'
}

/** Thrown by a reader in its loop. */
class ReaderError extends Error {
  override readonly name = 'ReaderError'
}

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    systemClock.setTimer(ms, resolve)
  })

/** Makes a call as its scene says; tells what the caller saw once it is over. */
export async function makeCall({ line, cues, chat, group }: CallContext): Promise<CallerView> {
  const { act } = line.scene
  const controller = new AbortController()
  const abort = (): void => controller.abort(new Error('the script aborts'))
  const at = act.do === 'abort' ? act.at : undefined
  if (at === 'before') abort()
  else if (at === 'asked' || at === 'retrying') void cues[at].given.then(abort)
  const options = optionsOf(line, group, controller.signal)
  const reading = new Reading()
  const [startedAt, startedAtMs] = [systemClock.now(), systemClock.epochMs()]
  const asked = ask(chat, line, options)
  const startedByMs = systemClock.epochMs()
  try {
    const answer = await asked
    if (Symbol.asyncIterator in answer) await read(answer, { line, cues, reading, abort })
    else reading.text = answer.text
  } catch (error) {
    reading.outcome = error instanceof ReaderError ? 'left' : 'threw'
  }
  const end = await cues.ended.given
  if (line.scene.detached) await cues.detachedEnded.given
  const { text, pieces, firstTextAt, pausedMs, outcome } = reading
  const endedAt = systemClock.now()
  const seen = { startedAt, startedAtMs, startedByMs, endedAt, outcome, text, pieces, pausedMs, end }
  return firstTextAt === undefined ? seen : { ...seen, firstTextAt }
}

function ask(chat: Pipeline, { request, draft }: ScriptLine, options: CallOptions): Promise<Reply | Completion> {
  if ('input' in request) return chat.embed(request, options)
  return draft.mode === 'stream' ? chat(request, options) : chat.complete(request, options)
}

function optionsOf(
  { key, tenant, scene }: ScriptLine,
  parent: Group | undefined,
  signal: AbortController['signal'],
): CallOptions {
  const { deadlineMs, layers } = scene
  return {
    requestId: key,
    attributes: { tenant },
    headers: { [LINE_HEADER]: key },
    signal,
    ...(parent && { parent }),
    ...(deadlineMs !== undefined && { deadlineMs }),
    ...(layers && { layers }),
  }
}

interface ReadContext extends Pick<CallContext, 'line' | 'cues'> {
  readonly reading: Reading
  readonly abort: () => void
}

async function read(reply: Reply, context: ReadContext): Promise<void> {
  const { line, cues, reading, abort } = context
  const { act } = line.scene
  if (act.do === 'forget') {
    reading.outcome = 'left'
    // the handle must be kept until then: collected, it would end the call earlier
    await cues.ended.given
    void reply
    return
  }
  if (act.do === 'cancel') {
    reading.outcome = 'left'
    return reply.cancel('not needed any more')
  }
  if (act.do === 'abort' && act.at === 'replied') abort()
  for await (const event of reply) {
    if (event.type !== 'text') continue
    reading.text += event.text
    reading.pieces += 1
    reading.firstTextAt ??= systemClock.now()
    if (await leaves(reply, context)) break
  }
}

/** Does what the scene has the caller do after a word; tells whether it leaves the loop. */
async function leaves(reply: Reply, { line, cues, reading, abort }: ReadContext): Promise<boolean> {
  const { act } = line.scene
  const words = wordsIn(reading.text)
  if (words === line.draft.cut) cues.read.give()
  if (act.do === 'read' && act.pauseMs !== undefined) {
    const since = systemClock.now()
    await pause(act.pauseMs)
    reading.pausedMs += systemClock.now() - since
  }
  if (act.do === 'abort' && act.at === words) abort()
  if (act.do !== 'leave' || words < act.after) return false
  reading.outcome = 'left'
  if (act.by === 'throw') throw new ReaderError('the reader has had enough')
  if (act.by === 'cancel') await reply.cancel('the reader has read enough')
  return act.by === 'break'
}
