import { ABORTING } from './aborting.ts'
import { ACCOUNTING } from './accounting.ts'
import { ASSEMBLY } from './assembly.ts'
import { BROKEN_HOOKS } from './broken-hooks.ts'
import { CONCURRENT } from './concurrent.ts'
import { DETACHED } from './detached.ts'
import { FACTS_AND_NOTES } from './facts-and-notes.ts'
import { IN_HOOKS } from './in-hooks.ts'
import { LATE } from './late.ts'
import { LEAVING } from './leaving.ts'
import { LIMITS } from './limits.ts'
import { MISBEHAVING } from './misbehaving.ts'
import { NESTED } from './nested.ts'
import { PROTOCOL } from './protocol.ts'
import { PROVIDER_ERRORS } from './provider-errors.ts'
import { READING } from './reading.ts'
import { REPEATING } from './repeating.ts'
import { REPLACING } from './replacing.ts'
import { RESULTS } from './results.ts'
import type { ScenarioGroup } from './scenario.ts'
import { SIGNALS } from './signals.ts'
import { TRANSFORMS } from './transforms.ts'
import { UNREAD } from './unread.ts'

/** Every row of the matrix, in the order in which they are printed. */
export const SCENARIOS: readonly ScenarioGroup[] = [
  READING,
  LEAVING,
  ABORTING,
  SIGNALS,
  IN_HOOKS,
  LIMITS,
  PROVIDER_ERRORS,
  UNREAD,
  RESULTS,
  BROKEN_HOOKS,
  MISBEHAVING,
  LATE,
  TRANSFORMS,
  REPLACING,
  NESTED,
  REPEATING,
  CONCURRENT,
  DETACHED,
  FACTS_AND_NOTES,
  ACCOUNTING,
  PROTOCOL,
  ASSEMBLY,
]
