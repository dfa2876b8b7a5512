import { type BigIntStats, close, fstat, fsync, ftruncate, open, read } from 'node:fs'
import { promisify } from 'node:util'

/**
 * What is done with a file that is open. By its number, not by Node's `FileHandle`: sonic-boom writes to numbers, and a handle would
 * close the file as well.
 */
interface Descriptor {
  open(path: string, flags: string, mode: number): Promise<number>
  close(file: number): Promise<void>
  /** Reads into the whole buffer from a position on; gives the number of bytes. */
  read(file: number, into: Buffer, position: number): Promise<number>
  /** In big integers, because a file's number may be larger than a double can tell. */
  stat(file: number): Promise<BigIntStats>
  sync(file: number): Promise<void>
  truncate(file: number, length: number): Promise<void>
}

const readAt = promisify(read)
const statOf = promisify<number, { bigint: true }, BigIntStats>(fstat)

export const descriptor: Descriptor = {
  open: promisify(open),
  close: promisify(close),
  read: async (file, into, position) => (await readAt(file, into, 0, into.length, position)).bytesRead,
  stat: (file) => statOf(file, { bigint: true }),
  sync: promisify(fsync),
  truncate: promisify(ftruncate),
}
