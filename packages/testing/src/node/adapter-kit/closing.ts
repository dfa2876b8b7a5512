import { type Reply, systemClock } from '@cepa/core'
import { type Checklist, shown } from '../../kit/report.ts'
import type { Script } from '../../script.ts'
import type { ServerEntry } from '../server-ledger.ts'
import type { AdapterBench } from './bench.ts'
import { within } from './within.ts'

const SLOW: Script = { everyMs: 2, text: 'word '.repeat(2000) }
const STALLED: Script = [{ text: 'one' }, { stall: true }]

/** How long a connection may live on after it was left, in milliseconds. */
const AT_ONCE_MS = 500

/** Rules R5, R2, E3, E6: the reply at the headers; whoever leaves is gone at once. */
export async function checkClosing(bench: AdapterBench, checks: Checklist): Promise<void> {
  await checkHeaders(bench, checks)
  await checkPendingPull(bench, checks)
  await checkLeaving(bench, checks)
  await checkAborts(bench, checks)
}

async function checkHeaders(bench: AdapterBench, checks: Checklist): Promise<void> {
  bench.server.script({ text: 'a', network: { fault: { stallAtByte: 0 } } })
  const controller = new AbortController()
  const made = bench.chat(bench.request(), { signal: controller.signal })
  const late = await problemOf(within(made, 'the reply'))
  checks.add('R5', 'the reply comes with the headers, before any body', late)
  controller.abort()
  await made.then((reply) => reply.cancel()).catch(() => undefined)
}

/** A pull that waits when the reply is left must settle, or the reader hangs. */
async function checkPendingPull(bench: AdapterBench, checks: Checklist): Promise<void> {
  const { reply } = await begun(bench, STALLED)
  const iterator = reply[Symbol.asyncIterator]()
  while ((await iterator.next()).value?.type !== 'text');
  const pending = iterator.next()
  await reply.cancel()
  checks.add(
    'R2',
    'a pull that waits settles when the reply is left',
    await problemOf(within(pending, 'the pull', AT_ONCE_MS)),
  )
}

async function checkLeaving(bench: AdapterBench, checks: Checklist): Promise<void> {
  const loop = await begun(bench, SLOW)
  let events = 0
  for await (const _ of loop.reply) if (++events === 3) break
  checks.add('E3', 'leaving the loop closes the connection', await goneProblem(loop.entry))
  const unread = await begun(bench, SLOW)
  await unread.reply.cancel()
  checks.add('E3', 'cancel() unread closes the connection', await goneProblem(unread.entry))
}

async function checkAborts(bench: AdapterBench, checks: Checklist): Promise<void> {
  for (const whole of [false, true]) {
    const controller = new AbortController()
    const index = bench.server.ledger.length
    bench.server.script({ noHeaders: true })
    const caller = { signal: controller.signal }
    const call = whole ? bench.chat.complete(bench.request(), caller) : bench.chat(bench.request(), caller)
    const entry = await within(bench.server.request(index), 'the request')
    controller.abort(new Error('enough'))
    const what = `an abort before the headers${whole ? ' of a whole answer' : ''}`
    checks.add('E6', `${what} ends the call`, await abortProblem(call))
    checks.add('E6', `${what} closes the connection`, await goneProblem(entry))
  }
  await checkAbortInside(bench, checks, STALLED)
  await checkAbortInside(bench, checks, SLOW)
}

async function checkAbortInside(bench: AdapterBench, checks: Checklist, script: Script): Promise<void> {
  const controller = new AbortController()
  const { reply, entry } = await begun(bench, script, controller.signal)
  const iterator = reply[Symbol.asyncIterator]()
  while ((await iterator.next()).value?.type !== 'text');
  const pending = script === STALLED ? iterator.next() : undefined
  const what = script === STALLED ? 'an abort while the provider is silent' : 'an abort in the middle'
  controller.abort(new Error('enough'))
  checks.add('E6', `${what} ends the call`, await abortProblem(pending ?? iterator.next()))
  checks.add('E6', `${what} closes the connection`, await goneProblem(entry))
}

/** A reply that has begun, with the server's account of it. */
async function begun(
  bench: AdapterBench,
  script: Script,
  signal?: AbortSignal,
): Promise<{ reply: Reply; entry: ServerEntry }> {
  const index = bench.server.ledger.length
  bench.server.script(script)
  const reply = await within(bench.chat(bench.request(), signal ? { signal } : {}), 'the reply')
  return { reply, entry: bench.server.ledger[index] as ServerEntry }
}

/** The connection must be gone at once, with nothing written after. */
async function goneProblem(entry: ServerEntry): Promise<string | undefined> {
  const leftAt = systemClock.now()
  const late = await problemOf(within(entry.settled, 'the server’s answer', AT_ONCE_MS))
  if (late) return late
  if (entry.outcome !== 'closed') return `the server saw it as ${entry.outcome}`
  const bytes = entry.bytesAfter(leftAt + AT_ONCE_MS)
  return bytes > 0 ? `${bytes} bytes were written after` : undefined
}

async function abortProblem(promise: Promise<unknown>): Promise<string | undefined> {
  try {
    await within(promise, 'the call', AT_ONCE_MS)
  } catch (error) {
    return (error as Error).name === 'AbortError' ? undefined : shown(error)
  }
  return 'it went on'
}

async function problemOf(promise: Promise<unknown>): Promise<string | undefined> {
  try {
    await promise
    return undefined
  } catch (error) {
    return shown(error)
  }
}
