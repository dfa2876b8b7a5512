import {
  type Clock,
  checkOptions,
  flag,
  func,
  having,
  integer,
  type OptionRules,
  required,
  systemClock,
  text,
} from '@cepa/core'

/** What {@link fileExporter} takes. */
export interface FileExporterOptions {
  /** The file that is written, `calls.jsonl` for example. Its folder is made if it is not there. One process, one file. */
  readonly path: string
  /** At this size a file is put aside and a new one begun, in bytes. At least 1,024. Default: 67,108,864 (64 MiB). */
  readonly maxBytes?: number
  /** At this age too, counted from its beginning, in milliseconds, as soon as there is something to write. Default: 86,400,000 (a day). */
  readonly maxAgeMs?: number
  /** How many old files are kept. Default: 14. */
  readonly keepFiles?: number
  /** How long old files are kept, in milliseconds since they were put aside. Default: as long as `keepFiles` allows. */
  readonly keepForMs?: number
  /** Compresses old files. Default: `true`. */
  readonly gzip?: boolean
  /** Permissions of files that are made, as `chmod` takes them. Default: `0o640`. */
  readonly mode?: number
  /** Writes notes too, several lines for each call. Default: `false`. */
  readonly notes?: boolean
  /** For errors and drop counters. Default: `file`. */
  readonly name?: string
  /**
   * Told when old files cannot be put aside, compressed or removed; records are written all the same. Default: a warning of the
   * process.
   */
  readonly report?: (error: Error) => void
  /** For tests: tells ages. Default: the machine's. */
  readonly clock?: Clock
}

const MIN_FILE_BYTES = 1024
const FILE_BYTES = 67_108_864
const DAY_MS = 86_400_000
const KEPT_FILES = 14
const FILE_MODE = 0o640

const RULES = {
  path: required(text()),
  maxBytes: integer({ min: MIN_FILE_BYTES, default: FILE_BYTES }),
  maxAgeMs: integer({ min: 1, default: DAY_MS }),
  keepFiles: integer({ min: 0, default: KEPT_FILES }),
  keepForMs: integer({ min: 1 }),
  gzip: flag({ default: true }),
  mode: integer({ min: 0, max: 0o777, default: FILE_MODE }),
  notes: flag({ default: false }),
  name: text({ default: 'file' }),
  report: func<(error: Error) => void>(),
  clock: { ...having<Clock>('now', 'epochMs', 'setTimer'), default: systemClock },
} satisfies OptionRules<FileExporterOptions>

/** The options after the check: those that have a default are there. */
export type FileExporterSettings = FileExporterOptions & Required<Omit<FileExporterOptions, 'keepForMs' | 'report'>>

/** Checks the options, without a look at the file system. */
export const checkFileOptions = (given: FileExporterOptions): FileExporterSettings =>
  checkOptions<FileExporterOptions, typeof RULES>('fileExporter', RULES, given)
