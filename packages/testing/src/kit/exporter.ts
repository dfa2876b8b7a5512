import type { Exporter } from '@cepa/core'
import { EXPORTER_CHECKS, settled } from './exporter-checks.ts'
import { Checklist, KitError, type KitReport, shown } from './report.ts'

/** Undoes something that was done to a destination. */
type Undo = () => void | Promise<void>

/** What {@link testExporter} takes. */
export interface ExporterKitOptions {
  /** Makes an exporter with a destination of its own. Called once for each check; the kit closes it. */
  readonly make: () => Exporter | Promise<Exporter>
  /**
   * The ids that have arrived at its destination, in order: `id` of records and groups, `callId` of notes. Without it the kit does not look.
   */
  readonly arrived?: (exporter: Exporter) => readonly string[] | Promise<readonly string[]>
  /** Makes the destination fail from now on; gives what makes it work again. Without it the kit does not try. */
  readonly breakDestination?: (exporter: Exporter) => Undo | Promise<Undo>
  /** Makes the destination not answer from now on; gives what makes it work again. Without it the kit does not try. */
  readonly hangDestination?: (exporter: Exporter) => Undo | Promise<Undo>
}

/**
 * Holds an exporter to its contract and reports each check. {@link testExporter} is the same with an error at the end.
 */
export async function checkExporter(options: ExporterKitOptions): Promise<KitReport> {
  const checks = new Checklist()
  let name = 'exporter'
  for (const { rule, what, needs, run } of EXPORTER_CHECKS) {
    if (needs !== undefined && options[needs] === undefined) continue
    const exporter = await options.make()
    name = exporter.name
    checks.add(rule, what, await detailOf(() => run({ exporter, options })))
    if (rule !== 'T7') checks.add('T7', `${what}: close() releases it`, await detailOf(() => closed(exporter)))
  }
  return checks.report(name)
}

const closed = async (exporter: Exporter): Promise<undefined> => {
  await settled(Promise.resolve(exporter.close?.()), 'close()')
}

async function detailOf(run: () => Promise<string | undefined>): Promise<string | undefined> {
  try {
    return await run()
  } catch (error) {
    return `it threw ${shown(error)}`
  }
}

/**
 * Holds an `Exporter` to its contract: T1 it says what it is, T2 every kind of item is taken and none changed, T3 batches of any size, T4
 * what it took arrives, T5 failures are values and pass, T6 it heeds its signal, T7 flushing and closing. Works in every test runner.
 *
 * @throws {KitError} with every broken rule and what was seen.
 *
 * @example
 * test('keeps the contract', () =>
 *   testExporter({ make: () => memoryExporter(), arrived: (exporter) => (exporter as MemoryExporter).records.map(({ id }) => id) }))
 */
export async function testExporter(options: ExporterKitOptions): Promise<KitReport> {
  const report = await checkExporter(options)
  if (report.broken.length > 0) throw new KitError(report)
  return report
}
