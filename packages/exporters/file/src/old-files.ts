import { parse } from 'node:path'

/** A file that was put aside. */
export interface OldFile {
  /** Within the folder of the file that is written. */
  readonly name: string
  /** When it was put aside, milliseconds since the Unix epoch. */
  readonly atMs: number
  readonly compressed: boolean
}

/** Which old files are kept. */
export interface Retention {
  readonly keepFiles: number
  /** Milliseconds. */
  readonly keepForMs?: number | undefined
}

const STAMP = /^(\d{4}-\d{2}-\d{2})T(\d{2})-(\d{2})-(\d{2})-(\d{3})Z$/

/** Endings of a compressed file, and of one that is not finished. */
export const COMPRESSED = '.gz'
export const UNFINISHED = '.gz.part'

/**
 * What a file is called when it is put aside: `calls.jsonl` becomes `calls.2026-03-01T03-12-45-017Z.jsonl`, so that names sort as
 * times do.
 */
export function oldName(path: string, atMs: number): string {
  const { name, ext } = parse(path)
  return `${name}.${new Date(atMs).toISOString().replaceAll(/[:.]/g, '-')}${ext}`
}

/** When a file of this name was put aside; nothing where it is none of the path's old files. */
function timeOf(path: string, name: string): number | undefined {
  const { name: stem, ext } = parse(path)
  if (!name.startsWith(`${stem}.`) || !name.endsWith(ext)) return undefined
  const stamp = name.slice(stem.length + 1, name.length - ext.length)
  const time = STAMP.test(stamp) ? Date.parse(stamp.replace(STAMP, '$1T$2:$3:$4.$5Z')) : Number.NaN
  return Number.isNaN(time) ? undefined : time
}

/** The old files of a path among the names in its folder, newest first; and what was left of compressing some. */
export function oldFilesOf(path: string, names: readonly string[]): { old: OldFile[]; unfinished: string[] } {
  const old: OldFile[] = []
  const unfinished: string[] = []
  for (const name of names) {
    // the path may itself end with the ending of a compressed file
    for (const ending of ['', COMPRESSED, UNFINISHED]) {
      const atMs = name.endsWith(ending) ? timeOf(path, name.slice(0, name.length - ending.length)) : undefined
      if (atMs === undefined) continue
      if (ending === UNFINISHED) unfinished.push(name)
      else old.push({ name, atMs, compressed: ending === COMPRESSED })
      break
    }
  }
  return { old: old.sort((a, b) => b.atMs - a.atMs), unfinished }
}

/** Which of the old files, newest first, have to go. */
export const expired = (old: readonly OldFile[], { keepFiles, keepForMs }: Retention, nowMs: number): OldFile[] =>
  old.filter(({ atMs }, index) => index >= keepFiles || (keepForMs !== undefined && nowMs - atMs > keepForMs))
