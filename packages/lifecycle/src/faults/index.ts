import { UsageError } from '../arguments.ts'
import { ATTEMPT_FAULTS } from './attempts-and-notes.ts'
import { ENDING_FAULTS } from './endings.ts'
import type { Fault } from './fault.ts'
import { PASS_FAULTS } from './passes-and-facts.ts'
import { REPLY_FAULTS } from './replies.ts'

/** One planted fault per rule of the families P, E, R, A, N and D. */
export const FAULTS: readonly Fault[] = [...PASS_FAULTS, ...ENDING_FAULTS, ...REPLY_FAULTS, ...ATTEMPT_FAULTS]

/**
 * The fault against a rule.
 *
 * @throws {UsageError} when there is none, naming the rules that have one.
 */
export function faultAgainst(rule: string): Fault {
  const fault = FAULTS.find((each) => each.rule === rule.toUpperCase())
  if (fault) return fault
  throw new UsageError(`there is no fault against rule ${rule} (known: ${FAULTS.map((each) => each.rule).join(' ')})`)
}
