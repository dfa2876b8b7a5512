import { mkdir, readdir, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const ENDING = '.cpuprofile'
const WRITTEN = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z-.+\.cpuprofile$/

/** A folder that keeps the newest profiles of a profiler. Their names begin with its name and their time, so that they sort. */
export class ProfileFolder {
  readonly #path: string
  readonly #prefix: string
  readonly #maxFiles: number

  constructor({ path, name, maxFiles }: { path: string; name: string; maxFiles: number }) {
    this.#path = path
    this.#prefix = `${name}-`
    this.#maxFiles = maxFiles
  }

  /** The path of the profile of a call. */
  pathFor(callId: string, epochMs: number): string {
    const time = new Date(epochMs).toISOString().replaceAll(/[:.]/g, '-')
    return join(this.#path, `${this.#prefix}${time}-${callId}${ENDING}`)
  }

  /** Writes one and removes the oldest ones that are too many, also those of an earlier run. */
  async write(path: string, text: string): Promise<void> {
    await mkdir(this.#path, { recursive: true })
    await writeFile(path, text)
    const own = (await readdir(this.#path)).filter((file) => this.#isOwn(file)).sort()
    for (const file of own.slice(0, Math.max(0, own.length - this.#maxFiles))) await unlink(join(this.#path, file))
  }

  #isOwn(file: string): boolean {
    return file.startsWith(this.#prefix) && WRITTEN.test(file.slice(this.#prefix.length))
  }
}
