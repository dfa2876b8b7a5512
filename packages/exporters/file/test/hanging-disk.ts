import { execFileSync } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'

/** Threads that libuv does all work on files with. */
const THREADS = Number(process.env.UV_THREADPOOL_SIZE ?? 4)

/**
 * Keeps all work on files waiting, as a disk does that does not answer: each of libuv's threads waits for a writer of a pipe. Gives
 * what lets it go on.
 */
export function hangDisk(folder: string, id: string): () => Promise<void> {
  const pipes = Array.from({ length: THREADS }, (_, index) => join(folder, `pipe-${id}-${index}`))
  execFileSync('mkfifo', pipes)
  const waiting = pipes.map((pipe) => open(pipe, 'r'))
  return async () => {
    const writers = pipes.map((pipe) => openSync(pipe, 'r+'))
    for (const reader of await Promise.all(waiting)) await reader.close()
    for (const writer of writers) closeSync(writer)
  }
}
