import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import sonic from 'sonic-boom'
import { descriptor } from './descriptor.ts'
import { repairOf } from './torn-tail.ts'

type SonicBoom = InstanceType<typeof sonic.SonicBoom>

/** What a file is opened with. */
export interface LineFilePlace {
  readonly path: string
  /** Permissions, if it has to be made. */
  readonly mode: number
}

/** A file of whole lines, open at its end: what is appended is there in full, or not at all. */
export class LineFile {
  /** When it was begun, milliseconds since the Unix epoch; absent where it is empty and begins with the next line. */
  readonly bornAtMs: number | undefined
  readonly #path: string
  readonly #file: number
  readonly #identity: string
  readonly #boom: SonicBoom
  /** A newline, where the file does not end with one. */
  #before: string
  #closed: Promise<void> | undefined

  private constructor(path: string, file: number, found: Found) {
    this.#path = path
    this.#file = file
    this.#identity = found.identity
    this.#before = found.before
    this.bornAtMs = found.bornAtMs
    // as dest, because an fd of 0 would be taken for none
    this.#boom = new sonic.SonicBoom({ dest: file, sync: false })
    // what fails is told by append; an error event without a listener would end the process
    this.#boom.on('error', () => {})
  }

  /** Opens a file, or makes it, with its folder. What a killed process left of a line is removed. */
  static async open({ path, mode }: LineFilePlace): Promise<LineFile> {
    await mkdir(dirname(path), { recursive: true })
    const file = await descriptor.open(path, 'a+', mode)
    try {
      return new LineFile(path, file, await repaired(file))
    } catch (error) {
      await descriptor.close(file).catch(() => {})
      throw error
    }
  }

  /** Its length in bytes; nothing where its path leads to another file by now, or to none. */
  async size(): Promise<number | undefined> {
    try {
      const there = await stat(this.#path, { bigint: true })
      return identityOf(there) === this.#identity ? Number(there.size) : undefined
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
  }

  /**
   * Appends whole lines, all of them or none. After an error the file is closed.
   *
   * @param size its length before.
   */
  async append(lines: string, size: number): Promise<void> {
    let written = 0
    const count = (bytes: number): void => {
      written += bytes
    }
    this.#boom.on('write', count)
    try {
      await this.#write(this.#before + lines)
      this.#before = ''
    } catch (error) {
      await this.#takeBack(size, written)
      await this.close()
      throw error
    } finally {
      this.#boom.off('write', count)
    }
  }

  /** Brings what was appended to the disk. */
  sync(): Promise<void> {
    return descriptor.sync(this.#file)
  }

  /** Closes the file. Nothing may be appended meanwhile, or later. */
  close(): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      this.#boom.once('close', resolve)
      this.#boom.once('error', () => resolve())
      // not end(), which would write the rest of what failed
      this.#boom.destroy()
    })
    return this.#closed
  }

  #write(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (error?: Error): void => {
        this.#boom.off('drain', settle)
        this.#boom.off('error', settle)
        if (error === undefined) resolve()
        else reject(error)
      }
      this.#boom.on('drain', settle)
      this.#boom.on('error', settle)
      this.#boom.write(text)
    })
  }

  /** Removes what a write that failed has left, unless somebody else has written behind it. */
  async #takeBack(size: number, written: number): Promise<void> {
    try {
      const now = await descriptor.stat(this.#file)
      if (written > 0 && now.size === BigInt(size + written)) await descriptor.truncate(this.#file, size)
    } catch {
      // it will be repaired when it is opened again
    }
  }
}

interface Found {
  readonly identity: string
  readonly bornAtMs: number | undefined
  readonly before: string
}

const identityOf = ({ dev, ino }: { readonly dev: bigint; readonly ino: bigint }): string => `${dev}:${ino}`

async function repaired(file: number): Promise<Found> {
  const repair = await repairOf(file)
  if (typeof repair === 'object') await descriptor.truncate(file, repair.cutTo)
  const found = await descriptor.stat(file)
  const { size, birthtimeMs, mtimeMs } = found
  // some file systems do not know when a file was made
  const born = birthtimeMs > 0 && birthtimeMs < mtimeMs ? birthtimeMs : mtimeMs
  return {
    identity: identityOf(found),
    bornAtMs: size === 0n ? undefined : Number(born),
    before: repair === 'newline' ? '\n' : '',
  }
}
