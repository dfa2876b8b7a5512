import type { AbortSignal, Exporter, ExporterLimits, ExportResult, TelemetryItem } from '@cepa/core'
import { checkPath } from './check-path.ts'
import { checkFileOptions, type FileExporterOptions, type FileExporterSettings } from './file-options.ts'
import { orAborted } from './or-aborted.ts'
import { RotatingFile } from './rotating-file.ts'

/** A batch is written in full or not at all, so that it must not be large where little space is left. */
const BATCH_BYTES = 65_536
const DELAY_MS = 200

/** A batch whose time was up while it was being written: how that ended may be known later. */
interface Pending {
  readonly items: readonly TelemetryItem[]
  readonly result: Promise<ExportResult>
}

class FileExporter implements Exporter {
  readonly name: string
  readonly wants: readonly TelemetryItem['type'][]
  readonly limits: ExporterLimits
  readonly #path: string
  readonly #file: RotatingFile
  /** The last piece of work; settles, never rejects. */
  #work: Promise<unknown> = Promise.resolve()
  #pending: Pending | undefined
  #closed = false

  constructor(settings: FileExporterSettings) {
    this.name = settings.name
    this.wants = settings.notes ? ['call', 'group', 'note', 'loss'] : ['call', 'group', 'loss']
    this.limits = { maxBatchBytes: Math.min(BATCH_BYTES, settings.maxBytes), delayMs: DELAY_MS }
    this.#path = settings.path
    this.#file = new RotatingFile(settings)
  }

  async export(items: readonly TelemetryItem[], { signal }: { readonly signal: AbortSignal }): Promise<ExportResult> {
    if (items.length === 0) return { ok: true }
    const left = this.#pending
    if (left !== undefined && areSame(left.items, items)) {
      // the same batch again: it must not be written twice
      const result = await orAborted(left.result, signal, () => this.#timeUp())
      if (result.ok || signal.aborted) return result
    }
    if (this.#closed) return { ok: false, error: new Error(`exporter ${this.name} is closed`), retry: false }
    const result = this.#queue(items, signal)
    this.#pending = { items, result }
    const known = await orAborted(result, signal, () => this.#timeUp())
    if (!signal.aborted) this.#pending = undefined
    return known
  }

  async flush(): Promise<void> {
    await this.#inTurn(() => this.#file.sync())
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#inTurn(() => this.#file.close())
  }

  #queue(items: readonly TelemetryItem[], signal: AbortSignal): Promise<ExportResult> {
    let waiting = items
    // behind a disk that hangs, a batch that nobody waits for any more is not kept
    const forget = (): void => {
      waiting = []
    }
    signal.addEventListener('abort', forget, { once: true })
    return this.#inTurn(() => {
      signal.removeEventListener('abort', forget)
      return signal.aborted ? Promise.resolve(this.#timeUp()) : this.#write(waiting)
    })
  }

  async #write(items: readonly TelemetryItem[]): Promise<ExportResult> {
    let lines = ''
    try {
      for (const item of items) lines += `${JSON.stringify(recordOf(item))}\n`
    } catch (error) {
      return { ok: false, error: error as Error, retry: false }
    }
    try {
      await this.#file.append(lines)
      return { ok: true }
    } catch (error) {
      return this.#failure(error as Error)
    }
  }

  #timeUp(): ExportResult {
    return this.#failure(new Error('it took too long'))
  }

  #failure(cause: Error): ExportResult {
    const error = new Error(`exporter ${this.name} cannot write ${this.#path}: ${cause.message}`, { cause })
    const { code } = cause as NodeJS.ErrnoException
    return { ok: false, error: code === undefined ? error : Object.assign(error, { code }), retry: true }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#work.then(work)
    this.#work = result.catch(() => {})
    return result
  }
}

const areSame = (some: readonly TelemetryItem[], others: readonly TelemetryItem[]): boolean =>
  some.length === others.length && some.every((item, index) => item === others[index])

/** What stands in the line: it tells by its `schema` what it is. */
function recordOf(item: TelemetryItem): object {
  switch (item.type) {
    case 'call':
      return item.record
    case 'group':
      return item.group
    case 'note':
      return item.note
    case 'loss':
      return item.loss
  }
}

/**
 * Writes records as JSON lines to a file: each line the whole record of a call or a group, or what was lost. A batch is in the file in
 * full or not at all, also on a full disk. Files that grow large or old are put aside, compressed, and removed in time.
 *
 * @throws {OptionError} for options that cannot be right, and for a path where nothing can be written.
 *
 * @example
 * telemetry({ exporters: [fileExporter({ path: 'telemetry/calls.jsonl' })] })
 */
export const fileExporter = (options: FileExporterOptions): Exporter => {
  const settings = checkFileOptions(options)
  checkPath(settings.path)
  return new FileExporter(settings)
}
