import { type BigIntStats, close, fstat, fsync, ftruncate, open, read } from 'node:fs'
import { promisify } from 'node:util'

const stat = (file: number): Promise<BigIntStats> =>
  new Promise((resolve, reject) => {
    fstat(file, { bigint: true }, (error, stats) => (error ? reject(error) : resolve(stats)))
  })

/**
 * What is done with a file that is open. By its number, not by Node's `FileHandle`: sonic-boom writes to numbers, and a handle would
 * close the file as well.
 */
export const descriptor = {
  open: promisify(open),
  close: promisify(close),
  read: promisify(read),
  /** In big integers, because a file's number may be larger than a double can tell. */
  stat,
  sync: promisify(fsync),
  truncate: promisify(ftruncate),
} as const
