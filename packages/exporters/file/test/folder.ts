import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { onTestFinished } from 'vitest'

/** An empty folder that is removed after the test. */
export async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'exporter-file-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** What is in a folder, sorted. */
export const namesIn = async (folder: string): Promise<string[]> => (await readdir(folder)).sort()

/** The text of a file, decompressed if its name says so. */
export async function textOf(path: string): Promise<string> {
  const bytes = await readFile(path)
  return (path.endsWith('.gz') ? await promisify(gunzip)(bytes) : bytes).toString()
}

/** The parsed lines of a text that ends with a newline. Throws for a line that is torn. */
export function linesOf(text: string): { readonly schema: string; readonly id: string }[] {
  if (text === '') return []
  if (!text.endsWith('\n')) throw new Error(`the last line is torn: ${text.slice(-40)}`)
  return text
    .slice(0, -1)
    .split('\n')
    .map((line) => JSON.parse(line))
}

/** The ids in all files of a folder, old ones first. */
export async function idsIn(folder: string): Promise<string[]> {
  const names = await namesIn(folder)
  const ids: string[] = []
  for (const name of names) ids.push(...linesOf(await textOf(join(folder, name))).map(({ id }) => id))
  return ids
}
