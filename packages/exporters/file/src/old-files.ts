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

const STAMP = '\\d{4}-\\d{2}-\\d{2}T\\d{2}-\\d{2}-\\d{2}-\\d{3}Z'

/** Ending of a file that is being compressed. */
export const UNFINISHED = '.gz.part'

const stampOf = (atMs: number): string => new Date(atMs).toISOString().replaceAll(/[:.]/g, '-')

const timeOf = (stamp: string): number => Date.parse(stamp.replace(/T(\d\d)-(\d\d)-(\d\d)-(\d\d\d)Z$/, 'T$1:$2:$3.$4Z'))

/**
 * What a file is called when it is put aside: `calls.jsonl` becomes `calls.2026-03-01T03-12-45-017Z.jsonl`, so that names sort as
 * times do.
 */
export function oldName(path: string, atMs: number): string {
  const { name, ext } = parse(path)
  return `${name}.${stampOf(atMs)}${ext}`
}

/** The old files of a path among the names in its folder, newest first; and what was left of compressing some. */
export function oldFilesOf(path: string, names: readonly string[]): { old: OldFile[]; unfinished: string[] } {
  const { name, ext } = parse(path)
  const form = new RegExp(`^${RegExp.escape(`${name}.`)}(${STAMP})${RegExp.escape(ext)}(\\.gz)?(\\.part)?$`)
  const old: OldFile[] = []
  const unfinished: string[] = []
  for (const each of names) {
    const parts = form.exec(each)
    if (parts === null) continue
    if (parts[3] !== undefined) unfinished.push(each)
    else old.push({ name: each, atMs: timeOf(parts[1] as string), compressed: parts[2] !== undefined })
  }
  return { old: old.sort((a, b) => b.atMs - a.atMs), unfinished }
}

/** Which of the old files, newest first, have to go. */
export const expired = (old: readonly OldFile[], { keepFiles, keepForMs }: Retention, nowMs: number): OldFile[] =>
  old.filter(({ atMs }, index) => index >= keepFiles || (keepForMs !== undefined && nowMs - atMs > keepForMs))
