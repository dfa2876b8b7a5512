import { createReadStream, createWriteStream } from 'node:fs'
import { readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { COMPRESSED, expired, oldFilesOf, type Retention, UNFINISHED } from './old-files.ts'

/** What is done with old files. */
export interface UpkeepPlan extends Retention {
  /** The file that is written. */
  readonly path: string
  readonly gzip: boolean
  /** Permissions of compressed files. */
  readonly mode: number
  readonly nowMs: () => number
  readonly report: (error: Error) => void
}

/** Compresses and removes old files, one after another, beside the writing. */
export class Upkeep {
  readonly #plan: UpkeepPlan
  #running: Promise<void> = Promise.resolve()

  constructor(plan: UpkeepPlan) {
    this.#plan = plan
  }

  /** Looks through the old files once more. */
  start(): void {
    const nowMs = this.#plan.nowMs()
    this.#running = this.#running.then(() => this.#guarded('look for old files', () => this.#lookThrough(nowMs)))
  }

  /** Resolves when everything is done that was started. */
  done(): Promise<void> {
    return this.#running
  }

  async #lookThrough(nowMs: number): Promise<void> {
    const { path, gzip } = this.#plan
    const { old, unfinished } = oldFilesOf(basename(path), await readdir(dirname(path)))
    const gone = expired(old, this.#plan, nowMs)
    for (const name of [...unfinished, ...gone.map((each) => each.name)]) {
      await this.#guarded(`remove ${name}`, () => rm(this.#at(name), { force: true }))
    }
    if (!gzip) return
    const left = old.filter((each) => !each.compressed && !gone.includes(each))
    for (const { name } of left.reverse()) await this.#guarded(`compress ${name}`, () => this.#compress(name))
  }

  async #compress(name: string): Promise<void> {
    const from = this.#at(name)
    const unfinished = from + UNFINISHED
    try {
      const source = createReadStream(from)
      const target = createWriteStream(unfinished, { mode: this.#plan.mode, flush: true })
      await pipeline(source, createGzip(), target)
      // somebody may still have written to it under its old name: that must not be lost
      if ((await stat(from)).size !== source.bytesRead) throw new Error('it changes still')
      await rename(unfinished, from + COMPRESSED)
    } catch (error) {
      await rm(unfinished, { force: true })
      throw error
    }
    await rm(from)
  }

  #at(name: string): string {
    return join(dirname(this.#plan.path), name)
  }

  async #guarded(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      // removed by somebody else, which is as well
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
      this.#tell(new Error(`fileExporter could not ${what}: ${(error as Error).message}`, { cause: error }))
    }
  }

  #tell(error: Error): void {
    try {
      this.#plan.report(error)
    } catch {
      // who listens must not stop the upkeep
    }
  }
}
