import { expectedAccount } from '../scenarios/resolve.ts'
import type { Part, Scenario, Told } from '../scenarios/scenario.ts'
import { accountOf } from '../stage/account.ts'
import { closeDown } from '../stage/close-down.ts'
import { startInProcess } from '../stage/in-process.ts'
import { errorLabel } from '../stage/labels.ts'
import { patiently, turns } from '../stage/patience.ts'
import type { StartUpstream } from '../stage/upstream.ts'
import { World } from '../stage/world.ts'
import { type Cell, partIn } from './cell.ts'
import type { Column } from './column.ts'
import { differencesOf } from './compare.ts'

/** Rejections that nobody caught, gathered while cells run. */
export interface Unhandled {
  /** Those since it was asked last, in words. */
  take(): readonly string[]
  stop(): void
}

/** Listens for rejections that nobody catches. Process-wide, so start it once for a run. */
export function watchUnhandled(): Unhandled {
  let caught: string[] = []
  const hear = (reason: unknown): void => void caught.push(errorLabel(reason))
  process.on('unhandledRejection', hear)
  return {
    take() {
      const taken = caught
      caught = []
      return taken
    },
    stop: () => void process.off('unhandledRejection', hear),
  }
}

/** Runs one cell, or tells why it does not apply. */
export async function runCell(
  { scenario, group, column }: { scenario: Scenario; group: string; column: Column },
  unhandled: Unhandled,
): Promise<Cell> {
  const { id, title, line = title, rules } = scenario
  const head = { scenario: id, title, line, group, rules, ...column }
  const part = partIn(scenario, column)
  if (typeof part === 'string') return { ...head, ok: true, reason: part }
  return { ...head, ...(await runPart(part, column, unhandled)) }
}

async function runPart(part: Part, column: Column, unhandled: Unhandled): Promise<Pick<Cell, 'ok'> & Partial<Cell>> {
  const world = new World(column, part)
  await world.start(await starterOf(column))
  const told = await toldOf(world, part)
  await turns(2)
  const left = { ...(await closeDown(world)), unhandled: unhandled.take() }
  const seen = accountOf(world, told, left)
  const expected = expectedAccount({
    expectation: part.expect,
    column,
    layers: world.layers,
    tellsRunningUsage: world.upstream.tellsRunningUsage(column.mode),
    guestHears: world.guestHears,
  })
  const differences = differencesOf(expected, seen)
  return { ok: differences.length === 0, expected, seen, ...(differences.length > 0 && { differences }) }
}

/** The adapter and its transport are loaded only where there are columns over HTTP. */
const starterOf = async ({ via }: Column): Promise<StartUpstream> =>
  via === 'http' ? (await import('../stage/http.ts')).startHttp : startInProcess

async function toldOf(world: World, part: Part): Promise<Told> {
  try {
    return await patiently(world.column.via, 'the act', part.act(world))
  } catch (error) {
    return { how: `broke off: ${errorLabel(error)}`, text: '' }
  }
}
