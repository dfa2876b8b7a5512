import { type Clock, createController, type Exporter, type ExportResult, type TelemetryItem } from '@cepa/core'

/** One try of one batch. */
export interface Try {
  readonly name: string
  readonly exporter: Exporter
  readonly items: readonly TelemetryItem[]
  readonly attempt: number
  readonly timeoutMs: number
  readonly clock: Clock
}

/** A try that is under way. */
export interface UnderWay {
  /** Never rejects. */
  readonly result: Promise<ExportResult>
  /** Ends it now, as failed. */
  stop(error: Error): void
}

const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)))

const failed = (error: Error, retry: boolean): ExportResult => ({ ok: false, error, retry })

/** What an exporter gave, if it is a result. */
function checked(given: unknown, name: string): ExportResult {
  const result = given as ExportResult | undefined | null
  if (typeof result === 'object' && result !== null && typeof result.ok === 'boolean') return result
  return failed(
    new TypeError(`exporter ${name} returned no result: { ok: true }, or { ok: false, error, retry }`),
    false,
  )
}

async function call({ name, exporter, items, attempt }: Try, signal: ReturnType<typeof createController>['signal']) {
  try {
    return checked(await exporter.export(items, { signal, attempt }), name)
  } catch (thrown) {
    return failed(asError(thrown), true)
  }
}

/**
 * Gives a batch to an exporter once. Whatever that does, the result is a value, and there within `timeoutMs`: an exporter that hangs is
 * told by its signal and left behind.
 */
export function exportOnce(one: Try): UnderWay {
  const { clock, timeoutMs, name } = one
  const controller = createController()
  let settle: (result: ExportResult) => void = () => undefined
  const stopped = new Promise<ExportResult>((resolve) => {
    settle = resolve
  })
  const stop = (error: Error): void => {
    settle(failed(error, true))
    controller.abort(error)
  }
  const late = () => stop(new Error(`exporter ${name} did not answer within ${timeoutMs} ms`))
  const cancel = clock.setTimer(timeoutMs, late, { background: true })
  const result = Promise.race([call(one, controller.signal), stopped]).finally(cancel)
  return { result, stop }
}
