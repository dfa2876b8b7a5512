import { Checklist, KitError, type KitReport, shown } from '../../kit/report.ts'
import { checkAccount, checkOverlap } from './account.ts'
import { AdapterBench } from './bench.ts'
import { checkClosing } from './closing.ts'
import { checkContent, checkEmbed, checkForms } from './content.ts'
import { checkErrors } from './errors.ts'
import type { AdapterKitOptions } from './options.ts'
import { checkBrokenOff, checkTravel } from './robust.ts'

type Part = (bench: AdapterBench, checks: Checklist, options: AdapterKitOptions) => Promise<void>

/** A part of the kit. */
export type PartName =
  | 'content'
  | 'forms'
  | 'embed'
  | 'travel'
  | 'brokenOff'
  | 'errors'
  | 'closing'
  | 'overlap'
  | 'account'

/** The parts of the kit; each runs before a server of its own. */
export const PARTS: Readonly<Record<PartName, Part>> = {
  content: checkContent,
  forms: checkForms,
  embed: checkEmbed,
  travel: checkTravel,
  brokenOff: checkBrokenOff,
  errors: checkErrors,
  closing: checkClosing,
  overlap: checkOverlap,
  account: (bench, checks, options) => checkAccount(bench, options, checks),
}

/** Runs some parts of the kit. */
export async function checkParts(options: AdapterKitOptions, parts: readonly PartName[]): Promise<KitReport> {
  const checks = new Checklist()
  let subject = 'adapter'
  for (const name of parts) {
    const bench = await AdapterBench.open(options, 'ok')
    subject = bench.adapter.name
    try {
      await PARTS[name](bench, checks, options)
    } catch (error) {
      checks.add('W2', `${name}: an ordinary call comes through`, shown(error))
    } finally {
      await bench.close()
    }
  }
  return checks.report(subject)
}

/** Runs an adapter against a scripted server over real HTTP and reports each check. {@link testAdapter} is the same with an error at the end. */
export const checkAdapter = (options: AdapterKitOptions): Promise<KitReport> =>
  checkParts(options, Object.keys(PARTS) as PartName[])

/**
 * Holds an adapter to the contract, over real HTTP on loopback: what it makes of answers whole and broken, of errors, of bytes
 * that travel in every way; when it closes; what it reports and sends. Works in every test runner on Node.
 *
 * @throws {KitError} with every broken rule and what was seen.
 *
 * @example
 * test('keeps the contract', () => testAdapter({ make: ({ baseUrl, key }) => openai({ baseUrl, apiKey: key }) }))
 */
export async function testAdapter(options: AdapterKitOptions): Promise<KitReport> {
  const report = await checkAdapter(options)
  if (report.broken.length > 0) throw new KitError(report)
  return report
}
