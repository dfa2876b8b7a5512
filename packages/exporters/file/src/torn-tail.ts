import { setTimeout as pause } from 'node:timers/promises'
import { descriptor } from './descriptor.ts'

const NEWLINE = 10
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
  const { size, mtimeMs } = await descriptor.stat(file)
  const tail = await tailOf(file, size)
  if (tail.length === 0) return 'none'
  if (isJson(tail)) return 'newline'
  // not of ours: whatever it is, it stays
  if (tail[0] !== '{'.charCodeAt(0)) return 'newline'
  const age = Date.now() - mtimeMs
  if (age < STILL_MS) await pause(Math.min(STILL_MS, STILL_MS - age))
  const then = await descriptor.stat(file)
  // somebody else is writing: what looks torn may be whole by now
  if (then.size !== size || then.mtimeMs !== mtimeMs) return repairAmongOthers(file, then.size)
  return { cutTo: size - tail.length }
}

async function repairAmongOthers(file: number, size: number): Promise<TailRepair> {
  return (await tailOf(file, size)).length === 0 ? 'none' : 'newline'
}

/** The bytes behind the last newline of a file of this size. */
async function tailOf(file: number, size: number): Promise<Buffer> {
  const blocks: Buffer[] = []
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - BLOCK_BYTES)
    const { bytesRead, buffer } = await descriptor.read(file, Buffer.alloc(end - start), 0, end - start, start)
    const block = buffer.subarray(0, bytesRead)
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
