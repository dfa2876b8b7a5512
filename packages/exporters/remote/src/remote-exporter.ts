import type { AbortSignal, Exporter, ExporterLimits, ExportResult, TelemetryItem } from '@cepa/core'
import { readAway, resultOf } from './answer.ts'
import { batchOf } from './batch.ts'
import type { RemoteFetch } from './fetch.ts'
import { gzipped, platform } from './platform.ts'
import {
  checkRemoteOptions,
  keyBytes,
  type RemoteExporterOptions,
  type RemoteExporterSettings,
  type RemoteKey,
} from './remote-options.ts'
import { type Signer, signer } from './signing.ts'

/** Servers often take a megabyte at most. */
const BATCH_BYTES = 524_288

class RemoteExporter implements Exporter {
  readonly name: string
  readonly wants: readonly TelemetryItem['type'][]
  readonly limits: ExporterLimits = { maxBatchBytes: BATCH_BYTES }
  readonly #settings: RemoteExporterSettings
  readonly #sign: Signer | undefined

  constructor(settings: RemoteExporterSettings) {
    this.name = settings.name
    this.wants = settings.notes ? ['call', 'group', 'note', 'loss'] : ['call', 'group', 'loss']
    this.#settings = settings
    this.#sign = settings.key === undefined ? undefined : signer(bytesOfAll(settings.key))
  }

  async export(items: readonly TelemetryItem[], { signal }: { readonly signal: AbortSignal }): Promise<ExportResult> {
    if (items.length === 0) return { ok: true }
    const { url, clock, fetch = asFetch } = this.#settings
    let request: Pick<Parameters<RemoteFetch>[1], 'headers' | 'body'>
    try {
      request = await this.#request(items)
    } catch (error) {
      return { ok: false, error: this.#error('cannot make a batch', error), retry: false }
    }
    try {
      const response = await fetch(url, { method: 'POST', ...request, signal, redirect: 'manual' })
      await readAway(response)
      return resultOf(response, `exporter ${this.name}: ${this.#settings.origin}`, clock.epochMs())
    } catch (error) {
      const what = signal.aborted ? 'gave no answer in time' : 'cannot be reached'
      return { ok: false, error: this.#error(`${this.#settings.origin} ${what}`, error), retry: true }
    }
  }

  async #request(items: readonly TelemetryItem[]) {
    const { headers, gzip, clock } = this.#settings
    const { id, body } = await batchOf(items)
    const timestamp = Math.floor(clock.epochMs() / 1000)
    // what is signed is what the receiver reads, after whoever in between has decompressed it
    const signature = await this.#sign?.({ id, timestamp }, body)
    const compressed = gzip ? await gzipped(body) : undefined
    return {
      body: compressed ?? body,
      headers: {
        ...headers,
        'content-type': 'application/json',
        ...(compressed !== undefined && { 'content-encoding': 'gzip' }),
        'webhook-id': id,
        'webhook-timestamp': String(timestamp),
        ...(signature !== undefined && { 'webhook-signature': signature }),
      },
    }
  }

  /** Only the code or the name of what led to it: the words of a fetch may have headers in them. */
  #error(what: string, cause: unknown): Error {
    const code = codeOf(cause)
    const { name = '' } = Object(cause) as { name?: unknown }
    const why = code ?? (typeof name === 'string' && /^[A-Za-z]{3,40}$/.test(name) ? name : undefined)
    const error = new Error(`exporter ${this.name}: ${what}${why === undefined ? '' : ` (${why})`}`)
    return code === undefined ? error : Object.assign(error, { code })
  }
}

// asked for each time: a test or an instrumentation may replace it later
const asFetch: RemoteFetch = (url, init) => platform.fetch(url, init)

const bytesOfAll = (key: RemoteKey | readonly RemoteKey[]): Uint8Array<ArrayBuffer>[] =>
  [key].flat().map((each) => keyBytes(each as string) as Uint8Array<ArrayBuffer>)

/** The system's code of an error or of what led to it: `ECONNREFUSED`. */
function codeOf(thrown: unknown): string | undefined {
  let each = thrown
  for (let depth = 0; depth < 4 && typeof each === 'object' && each !== null; depth++) {
    const { code, cause } = each as { code?: unknown; cause?: unknown }
    if (typeof code === 'string' && /^[A-Z][A-Z_\d]{2,40}$/.test(code)) return code
    each = cause
  }
  return undefined
}

/**
 * Sends batches of records to a URL by POST, as JSON, compressed and signed as Standard Webhooks: for a collector of one's own, a
 * function in the cloud, or a service that takes webhooks.
 *
 * @throws {OptionError} for options that cannot be right.
 *
 * @example
 * telemetry({ exporters: [remoteExporter({ url: 'https://collect.example/calls', key: process.env.COLLECT_KEY })] })
 */
export const remoteExporter = (options: RemoteExporterOptions): Exporter =>
  new RemoteExporter(checkRemoteOptions(options))
