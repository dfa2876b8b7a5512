import { completing, readAll } from '../stage/consumer.ts'
import type { World } from '../stage/world.ts'
import type { Act, Part, Scenario } from './scenario.ts'

type Modes = Pick<Scenario, 'stream' | 'whole'>

/** A stream that is read to its end, and a whole answer, of which the same must come. */
export const bothModes = (part: Omit<Part, 'act'>): Modes => ({
  stream: { ...part, act: readAll },
  whole: { ...part, act: completing },
})

/** An act after which the world tells something more. */
export const telling =
  (act: Act, tell: (world: World) => Readonly<Record<string, unknown>>): Act =>
  async (world) => {
    const told = await act(world)
    return { ...told, told: { ...told.told, ...tell(world) } }
  }

/** The same, and then the world tells something more. */
export const bothTelling = (
  part: Omit<Part, 'act'>,
  tell: (world: World) => Readonly<Record<string, unknown>>,
): Modes => ({
  stream: { ...part, act: telling(readAll, tell) },
  whole: { ...part, act: telling(completing, tell) },
})
