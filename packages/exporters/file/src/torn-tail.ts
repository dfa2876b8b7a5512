import { setTimeout as pause } from 'node:timers/promises'
import { descriptor } from './descriptor.ts'

const NEWLINE = 0x0a
const OPENING = 0x7b
const BLOCK_BYTES = 65_536

/** A file that has not changed for so long, in milliseconds, has nobody who is in the middle of a line. */
const STILL_MS = 500

/** What has to happen to a file's end before something is written behind it: nothing, a newline, or a cut at a length. */
export type TailRepair = 'none' | 'newline' | { readonly cutTo: number }

/**
 * Looks at what stands behind the last newline. A process that is killed in the middle of a write leaves the beginning of a line,
 * which was never reported as written. A whole line without its newline is kept.
 *
 * @param file a descriptor that can be read.
 */
export async function repairOf(file: number): Promise<TailRepair> {
  const before = await stateOf(file)
  const tail = await tailOf(file, before.size)
  if (tail.length === 0) return 'none'
  // what does not begin like a record is none of ours, and stays
  if (isJson(tail) || tail[0] !== OPENING) return 'newline'
  const stillForMs = Date.now() - before.changedAtMs
  if (stillForMs < STILL_MS) await pause(Math.min(STILL_MS, STILL_MS - stillForMs))
  const { size, changedAtMs } = await stateOf(file)
  if (size === before.size && changedAtMs === before.changedAtMs) return { cutTo: size - tail.length }
  // somebody else is writing: what looked torn may be whole by now, and what is torn now may be whole soon
  return (await tailOf(file, size)).length === 0 ? 'none' : 'newline'
}

async function stateOf(file: number): Promise<{ readonly size: number; readonly changedAtMs: number }> {
  const { size, mtimeMs } = await descriptor.stat(file)
  return { size: Number(size), changedAtMs: Number(mtimeMs) }
}

/** The bytes behind the last newline of a file of this size. */
async function tailOf(file: number, size: number): Promise<Buffer> {
  const blocks: Buffer[] = []
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - BLOCK_BYTES)
    const buffer = Buffer.alloc(end - start)
    const block = buffer.subarray(0, await descriptor.read(file, buffer, start))
    const at = block.lastIndexOf(NEWLINE)
    blocks.unshift(block.subarray(at + 1))
    if (at !== -1) break
    end = start
  }
  return Buffer.concat(blocks)
}

function isJson(bytes: Buffer): boolean {
  try {
    JSON.parse(bytes.toString())
    return true
  } catch {
    return false
  }
}
