import { accessSync, constants, mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { OptionError } from '@cepa/core'

/** What is wrong for now only, and may be right when there is something to write. */
const PASSING: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE', 'EIO', 'EAGAIN', 'EBUSY'])

const codeOf = (thrown: unknown): string => String((thrown as { code?: unknown }).code)

/**
 * Sees to it that a file can be written at a path: makes its folder, asks for permission.
 *
 * @throws {OptionError} where it never could: no permission, a folder, a device.
 */
export function checkPath(path: string): void {
  const refuse = (remedy: string): never => {
    throw new OptionError({ owner: 'fileExporter', field: 'path', value: JSON.stringify(path), remedy })
  }
  const folder = dirname(path)
  try {
    mkdirSync(folder, { recursive: true })
    accessSync(folder, constants.W_OK)
    const found = statSync(path, { throwIfNoEntry: false })
    if (found === undefined) return
    // old files are renamed and removed: that must not happen to a device
    if (!found.isFile()) refuse('it must be the path of a file, and something else is there')
    accessSync(path, constants.R_OK | constants.W_OK)
  } catch (error) {
    if (error instanceof OptionError) throw error
    if (!PASSING.has(codeOf(error))) refuse(`nothing can be written there (${codeOf(error)})`)
  }
}
