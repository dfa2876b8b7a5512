import { emitWarning } from 'node:process'
import type { FileExporterSettings } from './file-options.ts'
import { LineFile } from './line-file.ts'
import { putAside } from './put-aside.ts'
import { Upkeep } from './upkeep.ts'

/** After a file could not be put aside, it is tried again so much later, in milliseconds. */
const AGAIN_MS = 60_000

/** What is known of a file when lines are to be added to it. */
export interface FileState {
  readonly bytes: number
  /** Milliseconds since its first line. */
  readonly ageMs: number
  readonly bytesToAdd: number
}

/** Whether a new file has to be begun. */
export const isOver = (
  { bytes, ageMs, bytesToAdd }: FileState,
  { maxBytes, maxAgeMs }: { readonly maxBytes: number; readonly maxAgeMs: number },
): boolean => bytes > 0 && (bytes + bytesToAdd > maxBytes || ageMs >= maxAgeMs)

/** The file that lines go to, with the old ones beside it. Its methods are called one after another. */
export class RotatingFile {
  readonly #settings: FileExporterSettings
  readonly #upkeep: Upkeep
  readonly #report: (error: Error) => void
  #file: LineFile | undefined
  #bornAtMs = 0
  #blockedUntil = Number.NEGATIVE_INFINITY

  constructor(settings: FileExporterSettings) {
    this.#settings = settings
    this.#report = settings.report ?? ((error) => emitWarning(error))
    const nowMs = (): number => settings.clock.epochMs()
    this.#upkeep = new Upkeep({ ...settings, nowMs, report: this.#report })
  }

  /** Appends whole lines, all of them or none. After an error it may be tried again. */
  async append(lines: string): Promise<void> {
    const bytesToAdd = Buffer.byteLength(lines)
    let file = await this.#ready()
    let bytes = await file.size()
    if (bytes === undefined) {
      // moved or removed by somebody else, logrotate for example
      await this.#drop()
      file = await this.#ready()
      bytes = (await file.size()) ?? 0
    }
    const ageMs = this.#settings.clock.epochMs() - this.#bornAtMs
    if (isOver({ bytes, ageMs, bytesToAdd }, this.#settings) && (await this.#rotate())) {
      file = await this.#ready()
      bytes = (await file.size()) ?? 0
    }
    if (bytes === 0) this.#bornAtMs = this.#settings.clock.epochMs()
    try {
      await file.append(lines, bytes)
    } catch (error) {
      this.#file = undefined
      throw error
    }
  }

  /** Brings what was appended to the disk. */
  async sync(): Promise<void> {
    await this.#file?.sync()
  }

  /** Closes the file, and waits for what is being compressed. */
  async close(): Promise<void> {
    await this.#drop()
    await this.#upkeep.done()
  }

  async #ready(): Promise<LineFile> {
    if (this.#file === undefined) {
      this.#file = await LineFile.open(this.#settings)
      this.#bornAtMs = this.#file.bornAtMs ?? this.#settings.clock.epochMs()
      this.#upkeep.start()
    }
    return this.#file
  }

  async #drop(): Promise<void> {
    const file = this.#file
    this.#file = undefined
    await file?.close()
  }

  /** Puts the file aside. Where that fails the lines still go to it: better one file that is too long than no record. */
  async #rotate(): Promise<boolean> {
    const { path, clock } = this.#settings
    if (clock.now() < this.#blockedUntil) return false
    await this.#drop()
    try {
      await putAside(path, clock.epochMs())
    } catch (error) {
      this.#blockedUntil = clock.now() + AGAIN_MS
      this.#tell(error as Error)
    }
    return true
  }

  #tell(cause: Error): void {
    try {
      this.#report(new Error(`fileExporter could not put ${this.#settings.path} aside: ${cause.message}`, { cause }))
    } catch {
      // who listens must not stop the writing
    }
  }
}
