import { type AbortSignal, createController, type Exporter, type ExportResult, type TelemetryItem } from '@cepa/core'
import { fullRecord, idOfItem, sampleItems, sampleRecord } from '../telemetry/sample-items.ts'
import { deepFreeze } from './deep-freeze.ts'
import type { ExporterKitOptions } from './exporter.ts'
import { difference, shown } from './report.ts'

/** What a check has to work with. */
export interface ExporterBench {
  readonly exporter: Exporter
  readonly options: ExporterKitOptions
}

/** One check: gives what is wrong, or nothing. */
export interface ExporterCheck {
  readonly rule: string
  readonly what: string
  /** Leaves the check out where the options do not have what it needs. */
  readonly needs?: keyof ExporterKitOptions
  readonly run: (bench: ExporterBench) => Promise<string | undefined>
}

type Detail = Promise<string | undefined>

const KINDS = ['call', 'group', 'note', 'loss'] as const
const DEFAULT_WANTS: readonly TelemetryItem['type'][] = ['call', 'group']

const wantsOf = ({ wants = DEFAULT_WANTS }: Exporter): readonly TelemetryItem['type'][] => wants

/** How long the kit waits for an export to settle, in milliseconds. */
const PATIENCE_MS = 5000

/** When the signal fires that an export must heed, and how long it may take to, in milliseconds. */
const SIGNAL_MS = 100
const HEEDING_MS = 1000

interface Timers {
  setTimeout(run: () => void, delayMs: number): unknown
  clearTimeout(timer: unknown): void
}
const timers = globalThis as unknown as Timers

/** What a promise settles with; a sentence where it does not settle in time. */
export async function settled<T>(promise: Promise<T>, what: string, patienceMs: number = PATIENCE_MS): Promise<T> {
  let timer: unknown
  const late = new Promise<never>((_, reject) => {
    timer = timers.setTimeout(() => reject(new Error(`${what} did not settle within ${patienceMs} ms`)), patienceMs)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    timers.clearTimeout(timer)
  }
}

/** Exports as the hub does, and holds what comes back to the form of a result. */
async function exported(
  exporter: Exporter,
  items: readonly TelemetryItem[],
  { signal = createController().signal, patienceMs = PATIENCE_MS }: { signal?: AbortSignal; patienceMs?: number } = {},
): Promise<ExportResult | string> {
  const before = JSON.stringify(items)
  const frozen = deepFreeze(items)
  let result: unknown
  try {
    result = await settled(
      Promise.resolve(exporter.export([...frozen], { signal, attempt: 1 })),
      'export()',
      patienceMs,
    )
  } catch (error) {
    return `export() threw ${shown(error)}; a failure is a value`
  }
  if (JSON.stringify(frozen) !== before) return 'export() changed the items'
  return resultProblem(result) ?? (result as ExportResult)
}

function resultProblem(result: unknown): string | undefined {
  const { ok, error, retry, retryAfterMs, rejected } = (result ?? {}) as Record<string, unknown>
  if (typeof ok !== 'boolean') return `export() gave ${shown(result)}, which is no result`
  if (ok) return rejected === undefined || Number.isInteger(rejected) ? undefined : `rejected is ${shown(rejected)}`
  if (!(error instanceof Error)) return `error is ${shown(error)}, not an Error`
  if (typeof retry !== 'boolean') return `retry is ${shown(retry)}, not true or false`
  return retryAfterMs === undefined || Number.isFinite(retryAfterMs)
    ? undefined
    : `retryAfterMs is ${shown(retryAfterMs)}`
}

/** What is wrong with an export that must succeed. */
async function mustSucceed(exporter: Exporter, items: readonly TelemetryItem[]): Detail {
  const result = await exported(exporter, items)
  if (typeof result === 'string') return result
  if (!result.ok) return `it failed: ${shown(result.error)}`
  return result.rejected ? `it rejected ${result.rejected} of ${items.length} items` : undefined
}

const t1: ExporterCheck = {
  rule: 'T1',
  what: 'it says what it is: a name, kinds that there are, limits that can be kept',
  run: async ({ exporter }) => {
    if (typeof exporter.name !== 'string' || exporter.name === '') return `name is ${shown(exporter.name)}`
    const unknown = wantsOf(exporter).find((kind) => !KINDS.includes(kind))
    if (unknown !== undefined) return `wants has ${shown(unknown)}`
    if (wantsOf(exporter).length === 0) return 'it wants nothing'
    const wrong = Object.entries(exporter.limits ?? {}).find(
      ([, limit]) => !(Number.isFinite(limit) && (limit as number) >= 0),
    )
    return wrong && `limits.${wrong[0]} is ${shown(wrong[1])}`
  },
}

const t2: ExporterCheck = {
  rule: 'T2',
  what: 'every kind that it wants is taken: least, full and odd items, and fields of a later version',
  run: async ({ exporter }) => {
    for (const [index, kind] of wantsOf(exporter).entries()) {
      for (const item of sampleItems(kind, index * 20)) {
        const detail = await mustSucceed(exporter, [item])
        if (detail) return `${kind} ${idOfItem(item) ?? ''}: ${detail}`
      }
    }
    return undefined
  },
}

const t3: ExporterCheck = {
  rule: 'T3',
  what: 'a batch may have many items, and none',
  run: async ({ exporter }) => {
    const many = Array.from({ length: 512 }, (_, n) => ({ type: 'call', record: fullRecord(n) }) as const)
    const mixed = wantsOf(exporter).flatMap((kind, index) => sampleItems(kind, 1000 + index * 20))
    return (
      (await mustSucceed(exporter, [])) ??
      (wantsOf(exporter).includes('call') ? await mustSucceed(exporter, many) : undefined) ??
      mustSucceed(exporter, mixed)
    )
  },
}

const t4: ExporterCheck = {
  rule: 'T4',
  what: 'what it took has arrived after flush, in order, each once',
  needs: 'arrived',
  run: async ({ exporter, options }) => {
    const kind = wantsOf(exporter).includes('call') ? 'call' : (wantsOf(exporter)[0] as 'group')
    const items = Array.from({ length: 40 }, (_, n) => sampleItems(kind, 3000 + n)[0] as TelemetryItem)
    for (let first = 0; first < items.length; first += 15) {
      const detail = await mustSucceed(exporter, items.slice(first, first + 15))
      if (detail) return detail
    }
    await settled(Promise.resolve(exporter.flush?.()), 'flush()')
    const wanted = items.map(idOfItem)
    const seen = (await options.arrived?.(exporter))?.filter((id) => wanted.includes(id))
    return difference(wanted, seen)
  },
}

const t5: ExporterCheck = {
  rule: 'T5',
  what: 'a destination that fails is a value; when it works again, so does the exporter',
  needs: 'breakDestination',
  run: async ({ exporter, options }) => {
    const repair = await options.breakDestination?.(exporter)
    const item = { type: 'call', record: sampleRecord(4000) } as const
    const result = await exported(exporter, [item])
    if (typeof result === 'string') return result
    if (result.ok) return 'it said that the export went well'
    await repair?.()
    return mustSucceed(exporter, [{ type: 'call', record: sampleRecord(4001) }])
  },
}

const t6: ExporterCheck = {
  rule: 'T6',
  what: 'it gives up when its signal fires',
  needs: 'hangDestination',
  run: async ({ exporter, options }) => {
    const release = await options.hangDestination?.(exporter)
    const controller = createController()
    const timer = timers.setTimeout(() => controller.abort(new Error('time is up')), SIGNAL_MS)
    try {
      const result = await exported(exporter, [{ type: 'call', record: sampleRecord(5000) }], {
        signal: controller.signal,
        patienceMs: SIGNAL_MS + HEEDING_MS,
      })
      if (typeof result === 'string') return result
      return result.ok ? 'it said that the export went well' : undefined
    } finally {
      timers.clearTimeout(timer)
      await release?.()
    }
  },
}

const t7: ExporterCheck = {
  rule: 'T7',
  what: 'flush and close do not throw, flush as often as asked',
  run: async ({ exporter }) => {
    for (const method of ['flush', 'flush', 'close'] as const) {
      try {
        await settled(Promise.resolve(exporter[method]?.()), `${method}()`)
      } catch (error) {
        return `${method}: ${shown(error)}`
      }
    }
    return undefined
  },
}

/** Everything that is asked of an exporter, in order. */
export const EXPORTER_CHECKS: readonly ExporterCheck[] = [t1, t2, t3, t4, t5, t6, t7]
