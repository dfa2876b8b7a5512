import { access, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { COMPRESSED, oldName } from './old-files.ts'

/** Gives a file the name of an old one: of this moment, or of the next millisecond that has none yet. */
export async function putAside(path: string, nowMs: number): Promise<void> {
  for (let atMs = nowMs; ; atMs++) {
    const target = join(dirname(path), oldName(path, atMs))
    if (!(await reserve(target))) continue
    try {
      await rename(path, target)
    } catch (error) {
      await rm(target, { force: true })
      // somebody else has put it aside
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
    return
  }
}

/** Takes a name, so that nobody's old file is renamed over; `false` where it is taken already. */
async function reserve(target: string): Promise<boolean> {
  if (await exists(target + COMPRESSED)) return false
  try {
    await (await open(target, 'wx')).close()
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )
